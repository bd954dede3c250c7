using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>Opens a split as the job's input format has it.</summary>
internal static class RecordSources
{
    /// <exception cref="FileNotFoundException">The split's file is gone.</exception>
    public static IRecordSource Open(JobConf conf, InputSplit split, Stores stores)
    {
        _ = conf;
        return new TextSource(new SplitReader(stores.Find(split.Path), split), split.Length);
    }
}
