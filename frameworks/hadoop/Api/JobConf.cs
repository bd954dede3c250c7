using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;

namespace Agora.MapReduce;

/// <summary>A job's properties, by Hadoop's names, with setters for the usual ones.</summary>
public sealed class JobConf : IEnumerable<KeyValuePair<string, string>>
{
    internal const string InputPaths = "mapred.input.dir", OutputPath = "mapred.output.dir",
        MapperClass = "mapred.mapper.class", CombinerClass = "mapred.combiner.class",
        ReducerClass = "mapred.reducer.class", PartitionerClass = "agora.partitioner.class",
        InputFormatClass = "agora.input.format.class", OutputFormatClass = "agora.output.format.class",
        KeyComparatorClass = "agora.output.key.comparator.class",
        GroupingComparatorClass = "agora.output.value.groupfn.class", CodecPrefix = "agora.codec.",
        JobTrackerAddress = "mapred.job.tracker", Files = "tmpfiles", Libraries = "tmpjars",
        Archives = "tmparchives", DefaultStore = "fs.default.name";

    private static readonly Dictionary<string, string> OldNames = new()
    {
        ["mapreduce.job.reduces"] = "mapred.reduce.tasks",
        ["mapreduce.job.maps"] = "mapred.map.tasks",
        ["mapreduce.job.name"] = "mapred.job.name",
        ["mapreduce.job.priority"] = "mapred.job.priority",
        ["mapreduce.input.fileinputformat.inputdir"] = InputPaths,
        ["mapreduce.output.fileoutputformat.outputdir"] = OutputPath,
        ["mapreduce.jobtracker.address"] = JobTrackerAddress,
        ["fs.defaultFS"] = DefaultStore,
    };

    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Func<AssemblyName, Assembly?> _assemblies;

    public JobConf() => _assemblies = LoadedAssembly;

    /// <summary>A copy.</summary>
    public JobConf(JobConf from) : this(from._values, from._assemblies)
    {
    }

    internal JobConf(IEnumerable<KeyValuePair<string, string>> values, Func<AssemblyName, Assembly?> assemblies)
    {
        _assemblies = assemblies;
        foreach (var (name, value) in values)
            _values[name] = value;
    }

    public string? Get(string name) => _values.GetValueOrDefault(Canonical(name));
    public string Get(string name, string absent) => Get(name) ?? absent;
    public void Set(string name, string value) => _values[Canonical(name)] = value;
    public void Unset(string name) => _values.Remove(Canonical(name));

    /// <exception cref="FormatException">It is set, but not to a whole number.</exception>
    public int GetInt(string name, int absent) => (int)GetLong(name, absent);

    /// <exception cref="FormatException">It is set, but not to a whole number.</exception>
    public long GetLong(string name, long absent) => Get(name) is not { } text ? absent
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw new FormatException($"{name}={text} is not a whole number");

    /// <exception cref="FormatException">It is set, but not to a number.</exception>
    public double GetDouble(string name, double absent) => Get(name) is not { } text ? absent
        : double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value
        : throw new FormatException($"{name}={text} is not a number");

    public bool GetBoolean(string name, bool absent) => Get(name) switch { "true" => true, "false" => false, _ => absent };

    public void SetInt(string name, int value) => SetLong(name, value);
    public void SetLong(string name, long value) => Set(name, value.ToString(CultureInfo.InvariantCulture));
    public void SetDouble(string name, double value) => Set(name, value.ToString("R", CultureInfo.InvariantCulture));
    public void SetBoolean(string name, bool value) => Set(name, value ? "true" : "false");

    public string JobName { get => Get("mapred.job.name", ""); set => Set("mapred.job.name", value); }
    public int NumMapTasks { get => GetInt("mapred.map.tasks", 2); set => SetInt("mapred.map.tasks", value); }
    public int NumReduceTasks { get => GetInt("mapred.reduce.tasks", 1); set => SetInt("mapred.reduce.tasks", value); }

    public void SetJobName(string name) => JobName = name;
    public void SetNumMapTasks(int count) => NumMapTasks = count;
    public void SetNumReduceTasks(int count) => NumReduceTasks = count;

    /// <summary>Files, directories or patterns; commas in them are taken as they are.</summary>
    public void SetInputPaths(params IReadOnlyList<string> paths) =>
        Set(InputPaths, string.Join(',', paths.Select(p => p.Contains('{', StringComparison.Ordinal)
            ? p : p.Replace(",", "\\,", StringComparison.Ordinal))));

    /// <summary>A directory that does not exist yet.</summary>
    public void SetOutputPath(string path) => Set(OutputPath, path);

    public void SetMapperClass<T>() => SetClass(MapperClass, typeof(T));

    /// <summary>A reducer that runs over each map's sorted output; its types are those of the map's output.</summary>
    public void SetCombinerClass<T>() => SetClass(CombinerClass, typeof(T));
    public void SetReducerClass<T>() => SetClass(ReducerClass, typeof(T));
    public void SetPartitionerClass<T>() => SetClass(PartitionerClass, typeof(T));
    public void SetInputFormat<T>() where T : InputFormat, new() => SetClass(InputFormatClass, typeof(T));
    public void SetOutputFormat<T>() where T : OutputFormat, new() => SetClass(OutputFormatClass, typeof(T));

    /// <summary>How keys are sorted, instead of by their bytes; slower, as each comparison makes two keys.</summary>
    /// <typeparam name="T">An <c>IComparer</c> of the map's output key.</typeparam>
    public void SetOutputKeyComparatorClass<T>() => SetClass(KeyComparatorClass, typeof(T));

    /// <summary>Which neighbouring keys make one group for the reducer, where that is not the sort order.</summary>
    /// <typeparam name="T">An <c>IComparer</c> of the map's output key; keys that compare equal are of one group.</typeparam>
    public void SetOutputValueGroupingComparator<T>() => SetClass(GroupingComparatorClass, typeof(T));

    /// <summary>How values of a type that names no codec of its own become bytes.</summary>
    public void SetCodec<T, TCodec>() where TCodec : ICodec<T>, new() =>
        SetClass(CodecPrefix + typeof(T).FullName, typeof(TCodec));

    public void SetClass(string name, Type type) => Set(name, type.AssemblyQualifiedName!);

    /// <summary>The class that a property names; null if it is not set.</summary>
    /// <exception cref="TypeLoadException">There is no such class; the message says which.</exception>
    public Type? GetClass(string name)
    {
        if (Get(name) is not { Length: > 0 } written)
            return null;
        try
        {
            if (Type.GetType(written, n => _assemblies(n), null, throwOnError: false) is { } found)
                return found;
        }
        catch (FileNotFoundException)
        {
            // The assembly is missing, and with it the class.
        }
        throw new TypeLoadException($"class not found: {written} ({name})");
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Canonical(string name) => OldNames.GetValueOrDefault(name, name);

    /// <summary>Where jobs are submitted, everything a job names has been loaded already.</summary>
    private static Assembly? LoadedAssembly(AssemblyName name) => AssemblyLoadContext.All
        .SelectMany(c => c.Assemblies).FirstOrDefault(a => a.GetName().Name == name.Name);
}
