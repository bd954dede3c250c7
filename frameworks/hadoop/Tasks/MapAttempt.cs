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
        var mapper = JobPrograms.Mapper(context);
        Read(source => mapper.Run(source, collector.Add));
        collector.Finish(outputDirectory);
    }

    private void WriteParts()
    {
        var records = 0L;
        using var output = RecordOutputs.Open(context);
        var mapper = JobPrograms.Mapper(context);
        if (mapper is StreamingMapper program && output is TextRecordOutput text && program.GivesTextTo(text))
        {
            var lines = text.Lines();
            Read(source => program.Run(source, lines));
            records = lines.Records;
        }
        else
        {
            Read(source => mapper.Run(source, (key, value) =>
            {
                output.Write(key, value);
                records++;
            }));
        }
        output.Finish();
        context.Counters.Add(CounterNames.Framework, CounterNames.MapOutputRecords, records);
    }

    private void Read(Action<IRecordSource> map)
    {
        var split = context.Assignment.Split!;
        using var source = new TrackedSource(RecordSources.Open(context.Conf, split, context.Stores, context.InputForm), context);
        map(source);
        var counters = context.Counters;
        counters.Add(CounterNames.Framework, CounterNames.MapInputRecords, source.Records);
        counters.Add(CounterNames.Framework, CounterNames.MapInputBytes, source.BytesRead);
        counters.Add(CounterNames.Framework, CounterNames.SplitBytes,
            Encoding.UTF8.GetByteCount(split.Path) + (2 * sizeof(long)));
        counters.Add(CounterNames.Input, CounterNames.BytesRead, source.BytesRead);
        counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesRead, source.BytesRead);
    }
}
