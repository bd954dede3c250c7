using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Makes what a job's properties name as mapper, combiner and reducer.</summary>
internal static class JobPrograms
{
    public static IMapProgram Mapper(AttemptContext context) =>
        context.Conf.Command(JobConf.MapCommand) is { } command && command != StreamingClasses.IdentityMapper
            ? new StreamingMapper(context, command) : new IdentityMapper();

    /// <summary>Null without a combiner.</summary>
    public static IReduceProgram? Combiner(AttemptContext context) =>
        context.Conf.Command(JobConf.CombineCommand) is { } command ? new StreamingReducer(context, command, "map") : null;

    public static IReduceProgram Reducer(AttemptContext context) =>
        context.Conf.Command(JobConf.ReduceCommand) is { } command && command != StreamingClasses.IdentityReducer
            ? new StreamingReducer(context, command, "reduce") : new IdentityReducer();
}
