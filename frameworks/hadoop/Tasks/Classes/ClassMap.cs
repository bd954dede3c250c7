using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Output;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Classes;

/// <summary>A map attempt of a job whose mapper is a class.</summary>
internal sealed class ClassMap(AttemptContext context, MapReduce.JobConf conf)
{
    private readonly TaskTypes _types = new(conf);
    private readonly ClassTaskHost _host = new(context, conf);

    /// <param name="outputDirectory">Where the output for the reduces goes.</param>
    public void Run(string outputDirectory)
    {
        var split = new StoredSplit(context.Assignment.Split!, context.Stores.Find(context.Assignment.Split!.Path), context.Conf);
        using MapReduce.RecordReader reader = Open(split);
        var task = _types.Map();
        void Progressed(long position)
        {
            context.Stop.ThrowIfCancellationRequested();
            context.Progress.Fraction = split.Length == 0 ? 1 : Math.Min(1, (double)position / split.Length);
        }
        if (context.Assignment.Reduces == 0)
        {
            using var part = RecordOutputs.OpenFile(context, isText: _types.OutputFormat is TextOutputFormat);
            task.Run(_host, reader, split, Progressed, new PartStream(part));
            part.Finish();
            context.Counters.Add(CounterNames.Framework, CounterNames.MapOutputRecords, task.OutputRecords);
        }
        else
        {
            using var collector = new MapOutputCollector(context.Conf, ClassOrder.Of(_types), context.KeyPartitioner,
                context.Assignment.Reduces, context.Directory, context.Counters,
                _types.Combine() is null ? null : new ClassCombiner(_types, _host));
            task.Run(_host, reader, split, Progressed, new Sink(collector), context.Assignment.Reduces);
            collector.Finish(outputDirectory);
        }
        Count(task, reader, split);
        _host.Report();
    }

    private MapReduce.RecordReader Open(StoredSplit split)
    {
        if (_types.InputFormat is not GeneratingInputFormat generating)
            return ((FileInputFormat)_types.InputFormat).Open(split, _host.Conf);
        using var description = new StreamReader(split.Open(0, null), Encoding.UTF8);
        return generating.Open(description.ReadToEnd().TrimEnd('\n'), _host.Conf);
    }

    private void Count(MapTask task, MapReduce.RecordReader reader, StoredSplit split)
    {
        var counters = context.Counters;
        counters.Add(CounterNames.Framework, CounterNames.MapInputRecords, task.InputRecords);
        counters.Add(CounterNames.Framework, CounterNames.SplitBytes,
            Encoding.UTF8.GetByteCount(split.Path) + (2 * sizeof(long)));
        if (_types.InputFormat is GeneratingInputFormat)
            return;
        counters.Add(CounterNames.Input, CounterNames.BytesRead, reader.Position);
        counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesRead, reader.Position);
    }

    private sealed class Sink(MapOutputCollector collector) : IRecordSink
    {
        public void Write(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (partition < 0)
                collector.Add(key, value);
            else
                collector.Add(partition, key, value);
        }
    }
}
