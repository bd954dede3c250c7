using System.Globalization;
using System.Text;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks;

/// <summary>Reads a split, runs the mapper over it, and leaves sorted partitions or, without reduces, a part file.</summary>
internal sealed class MapAttempt(AttemptContext context)
{
    private long _records;

    /// <param name="outputDirectory">Where the output for the reduces goes.</param>
    public void Run(string outputDirectory)
    {
        if (context.Assignment.Reduces == 0)
        {
            context.WritePart(stream =>
            {
                var text = (TextOutput)stream;
                Map((key, value) =>
                {
                    text.WriteRecord(key, value);
                    _outputRecords++;
                });
            });
            context.Counters.Add(CounterNames.Framework, CounterNames.MapOutputRecords, _outputRecords);
            return;
        }
        var collector = new MapOutputCollector(context.Conf, context.KeyOrder, context.KeyPartitioner,
            context.Assignment.Reduces, context.Directory, context.Counters, Combiner());
        Map(collector.Add);
        collector.Finish(outputDirectory);
    }

    private long _outputRecords;

    private void Map(MapOutputCollector.RecordHandler output)
    {
        var split = context.Assignment.Split!;
        using var reader = new SplitReader(context.Stores.Find(split.Path), split);
        var command = context.Conf.Command(JobConf.MapCommand);
        if (command is null or StreamingClasses.IdentityMapper)
        {
            Identity(reader, output);
        }
        else
        {
            var cut = context.MapOutputSplit;
            context.RunProgram(command, input => Feed(reader, input), line =>
            {
                cut.Cut(line, out var key, out var value);
                output(key, value);
            });
        }
        Count(split, reader);
    }

    private void Feed(SplitReader reader, Stream input)
    {
        while (reader.Next(out var line))
        {
            input.Write(line);
            input.WriteByte((byte)'\n');
            Step(reader);
        }
    }

    /// <summary>The key is where in the file the line begins, as Hadoop's own identity mapper has it.</summary>
    private void Identity(SplitReader reader, MapOutputCollector.RecordHandler output)
    {
        while (reader.Next(out var line))
        {
            context.Stop.ThrowIfCancellationRequested();
            output(Encoding.ASCII.GetBytes(reader.LineOffset.ToString(CultureInfo.InvariantCulture)), line);
            Step(reader);
        }
    }

    private void Step(SplitReader reader)
    {
        const int RecordsPerReport = 1024;
        if (++_records % RecordsPerReport != 0)
            return;
        var length = context.Assignment.Split!.Length;
        context.Progress.Fraction = length == 0 ? 1 : Math.Min(1, (double)reader.BytesRead / length);
    }

    private MapOutputCollector.Combine? Combiner()
    {
        if (context.Conf.Command(JobConf.CombineCommand) is not { } command)
            return null;
        var cut = context.MapOutputSplit;
        return (records, output) => context.RunProgram(
            command,
            input => records((key, value) =>
            {
                input.Write(key);
                input.WriteByte((byte)'\t');
                input.Write(value);
                input.WriteByte((byte)'\n');
            }),
            line =>
            {
                cut.Cut(line, out var key, out var value);
                output(key, value);
            });
    }

    private void Count(InputSplit split, SplitReader reader)
    {
        var counters = context.Counters;
        counters.Add(CounterNames.Framework, CounterNames.MapInputRecords, _records);
        counters.Add(CounterNames.Framework, CounterNames.MapInputBytes, reader.BytesRead);
        counters.Add(CounterNames.Framework, CounterNames.SplitBytes,
            Encoding.UTF8.GetByteCount(split.Path) + (2 * sizeof(long)));
        counters.Add(CounterNames.Input, CounterNames.BytesRead, reader.BytesRead);
        counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesRead, reader.BytesRead);
    }
}
