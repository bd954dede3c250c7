namespace Agora.MapReduce;

/// <summary>The classes a job names, put together; what does not fit is told in a sentence.</summary>
internal sealed class TaskTypes
{
    private readonly JobConf _conf;
    private readonly Type _mapper;
    private readonly Type[] _map;

    /// <exception cref="TypeLoadException">A class is missing or does not fit.</exception>
    public TaskTypes(JobConf conf)
    {
        _conf = conf;
        InputFormat = (InputFormat)Activator.CreateInstance(conf.GetClass(JobConf.InputFormatClass) ?? typeof(TextInputFormat))!;
        _mapper = conf.GetClass(JobConf.MapperClass) ?? Identity();
        _map = Arguments(_mapper, typeof(Mapper<,,,>), "mapper");
        var combiner = conf.GetClass(JobConf.CombinerClass);
        Combiner = combiner is null ? null : Arguments(combiner, typeof(Reducer<,,,>), "combiner");
        if (Combiner is not null && (Combiner[0] != Combiner[2] || Combiner[1] != Combiner[3]))
            throw new TypeLoadException($"combiner {combiner} must write what it reads, {Pair(Combiner)}, not {Pair(Combiner[2..])}");
        ReducerClass = conf.GetClass(JobConf.ReducerClass) ?? typeof(IdentityReducer<,>).MakeGenericType(_map[2..]);
        Reducer = Arguments(ReducerClass, typeof(Reducer<,,,>), "reducer");
        if (conf.NumReduceTasks > 0)
            foreach (var (what, types) in new[] { ("combiner", Combiner), ("reducer", Reducer) })
                if (types is not null && (types[0] != _map[2] || types[1] != _map[3]))
                    throw new TypeLoadException(
                        $"{what} reads {Pair(types)}, but mapper {_mapper} writes {Pair(_map[2..])}");
        foreach (var type in _map.Concat(Reducer))
            Codecs.Of(type, conf);
        if (conf.GetClass(JobConf.PartitionerClass) is { } partitioner &&
            Arguments(partitioner, typeof(Partitioner<,>), "partitioner") is var parts &&
            (parts[0] != _map[2] || parts[1] != _map[3]))
            throw new TypeLoadException($"partitioner {partitioner} is of {Pair(parts)}, but the mapper writes {Pair(_map[2..])}");
        OutputFormat = (OutputFormat)Activator.CreateInstance(conf.GetClass(JobConf.OutputFormatClass) ?? typeof(TextOutputFormat))!;
        _ = KeyComparer(JobConf.KeyComparatorClass);
        _ = KeyComparer(JobConf.GroupingComparatorClass);
    }

    public InputFormat InputFormat { get; }
    public OutputFormat OutputFormat { get; }
    private Type[]? Combiner { get; }
    private Type ReducerClass { get; }
    private Type[] Reducer { get; }

    /// <summary>A fresh one for each thread; null if the bytes decide.</summary>
    public IRawComparer? SortComparer() => KeyComparer(JobConf.KeyComparatorClass);

    /// <summary>Null if the sort order decides.</summary>
    public IRawComparer? GroupingComparer() => KeyComparer(JobConf.GroupingComparatorClass);

    public MapTask Map() => (MapTask)Activator.CreateInstance(
        typeof(MapTask<,,,>).MakeGenericType(_map), Activator.CreateInstance(_mapper), OutputFormat)!;

    public ReduceTask Reduce() => ReduceOf(ReducerClass, Reducer);

    /// <summary>Null without a combiner.</summary>
    public ReduceTask? Combine() =>
        Combiner is null ? null : ReduceOf(_conf.GetClass(JobConf.CombinerClass)!, Combiner);

    /// <summary>
    /// A job without a mapper passes its input on: as what the input format reads, else as what is to be reduced, else as
    /// bytes.
    /// </summary>
    private Type Identity()
    {
        if (InputFormat.RecordTypes is var (key, value))
            return typeof(IdentityMapper<,>).MakeGenericType(key, value);
        var reducer = _conf.GetClass(JobConf.CombinerClass) ?? _conf.GetClass(JobConf.ReducerClass);
        return typeof(IdentityMapper<,>).MakeGenericType(reducer is null
            ? [typeof(ReadOnlyMemory<byte>), typeof(ReadOnlyMemory<byte>)]
            : Arguments(reducer, typeof(Reducer<,,,>), "reducer")[..2]);
    }

    private ReduceTask ReduceOf(Type reducer, Type[] types) => (ReduceTask)Activator.CreateInstance(
        typeof(ReduceTask<,,,>).MakeGenericType(types), Activator.CreateInstance(reducer), OutputFormat)!;

    private IRawComparer? KeyComparer(string property)
    {
        if (_conf.GetClass(property) is not { } type)
            return null;
        var wanted = typeof(IComparer<>).MakeGenericType(_map[2]);
        if (!type.IsAssignableTo(wanted))
            throw new TypeLoadException($"comparator {type} is no IComparer<{_map[2].Name}>, which the map's output key needs");
        return (IRawComparer)Activator.CreateInstance(
            typeof(DecodingComparer<>).MakeGenericType(_map[2]), Activator.CreateInstance(type), _conf)!;
    }

    private static Type[] Arguments(Type type, Type definition, string what)
    {
        if (type.IsAbstract || type.ContainsGenericParameters || type.GetConstructor(Type.EmptyTypes) is null)
            throw new TypeLoadException($"{what} {type} cannot be made: it must be a class with a constructor without arguments");
        for (var at = type; at is not null; at = at.BaseType)
            if (at.IsGenericType && at.GetGenericTypeDefinition() == definition)
                return at.GetGenericArguments();
        throw new TypeLoadException($"{what} {type} is no {definition.Name[..definition.Name.IndexOf('`', StringComparison.Ordinal)]}");
    }

    private static string Pair(Type[] types) => $"({types[0].Name}, {types[1].Name})";
}
