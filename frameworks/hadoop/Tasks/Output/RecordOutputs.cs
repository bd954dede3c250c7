using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>Makes the output that a job's properties name.</summary>
internal static class RecordOutputs
{
    /// <summary>Opens this attempt's part of the job's output, to be moved into place when it is committed.</summary>
    public static IRecordOutput Open(AttemptContext context) =>
        new TextRecordOutput(new PartFile(context, OutputPaths.PartName(context.Id.Task.Index)));
}
