using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;
using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks;

/// <summary>Reads a split, runs the mapper over it, and leaves sorted partitions or, without reduces, a part file.</summary>
internal sealed class MapAttempt(AttemptContext context)
{
    /// <param name="outputDirectory">Where the output for the reduces goes.</param>
    public void Run(string outputDirectory)
    {
        if (context.Assignment.Reduces == 0)
        {
            WriteParts();
            return;
        }
        using var collector = new MapOutputCollector(context.Conf, context.KeyOrder, context.KeyPartitioner,
            context.Assignment.Reduces, context.Directory, context.Counters, JobPrograms.Combiner(context));
        Map(collector.Add);
        collector.Finish(outputDirectory);
    }

    private void WriteParts()
    {
        var records = 0L;
        using var output = RecordOutputs.Open(context);
        Map((key, value) =>
        {
            output.Write(key, value);
            records++;
        });
        output.Finish();
        context.Counters.Add(CounterNames.Framework, CounterNames.MapOutputRecords, records);
    }

    private void Map(RecordHandler output)
    {
        var split = context.Assignment.Split!;
        using var source = new TrackedSource(RecordSources.Open(context.Conf, split, context.Stores), context);
        JobPrograms.Mapper(context).Run(source, output);
        var counters = context.Counters;
        counters.Add(CounterNames.Framework, CounterNames.MapInputRecords, source.Records);
        counters.Add(CounterNames.Framework, CounterNames.MapInputBytes, source.BytesRead);
        counters.Add(CounterNames.Framework, CounterNames.SplitBytes,
            Encoding.UTF8.GetByteCount(split.Path) + (2 * sizeof(long)));
        counters.Add(CounterNames.Input, CounterNames.BytesRead, source.BytesRead);
        counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesRead, source.BytesRead);
    }
}
