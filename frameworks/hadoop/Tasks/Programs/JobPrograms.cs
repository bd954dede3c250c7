using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Makes what a job's properties name as mapper, combiner and reducer: a command, or a class of Hadoop's own.</summary>
internal static class JobPrograms
{
    /// <exception cref="AttemptFailedException">The class is not known, or lacks what it needs.</exception>
    public static IMapProgram Mapper(AttemptContext context)
    {
        var conf = context.Conf;
        if (conf.Command(JobConf.MapCommand) is { } command)
            return new StreamingMapper(context, command);
        return StreamingClasses.Find(conf[JobConf.MapperClass] ?? StreamingClasses.IdentityMapper, StreamingClasses.Mappers) switch
        {
            StreamingClasses.IdentityMapper => new IdentityMapper(),
            StreamingClasses.InverseMapper => new InverseMapper(),
            StreamingClasses.RegexMapper => new RegexMapper(conf),
            StreamingClasses.TokenCountMapper => new TokenCountMapper(),
            StreamingClasses.FieldSelection => new FieldSelectionMapper(conf),
            _ => throw new AttemptFailedException($"the mapper {conf[JobConf.MapperClass]} is not known"),
        };
    }

    /// <summary>Null without a combiner.</summary>
    /// <exception cref="AttemptFailedException">The class is not known.</exception>
    public static IReduceProgram? Combiner(AttemptContext context) =>
        context.Conf.Command(JobConf.CombineCommand) is { } command ? new StreamingReducer(context, command, "map")
        : context.Conf[JobConf.CombinerClass] is { } name ? OfClass(context.Conf, name) : null;

    /// <exception cref="AttemptFailedException">The class is not known.</exception>
    public static IReduceProgram Reducer(AttemptContext context) =>
        context.Conf.Command(JobConf.ReduceCommand) is { } command ? new StreamingReducer(context, command, "reduce")
        : OfClass(context.Conf, context.Conf[JobConf.ReducerClass] ?? StreamingClasses.IdentityReducer);

    private static IReduceProgram OfClass(JobConf conf, string name) =>
        StreamingClasses.Find(name, StreamingClasses.Reducers) switch
        {
            StreamingClasses.IdentityReducer => new IdentityReducer(),
            StreamingClasses.LongSumReducer => new LongSumReducer(),
            StreamingClasses.AggregateReducer => new AggregateProgram(conf, final: true),
            StreamingClasses.AggregateCombiner => new AggregateProgram(conf, final: false),
            StreamingClasses.FieldSelection => new FieldSelectionReducer(conf),
            _ => throw new AttemptFailedException($"the reducer {name} is not known"),
        };
}
