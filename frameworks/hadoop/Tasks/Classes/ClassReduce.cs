using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Output;
using Agora.Hadoop.Tasks.Programs;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Classes;

/// <summary>A job's reducer that is a class.</summary>
internal sealed class ClassReduce(AttemptContext context, MapReduce.JobConf conf)
{
    private readonly TaskTypes _types = new(conf);
    private readonly ClassTaskHost _host = new(context, conf);

    public KeyOrder Order => ClassOrder.Of(_types);

    /// <summary>Reduces all records and writes the part file.</summary>
    public void Run(IGroupedRecords input)
    {
        var task = _types.Reduce();
        using var part = RecordOutputs.OpenFile(context, isText: _types.OutputFormat is TextOutputFormat);
        task.Run(_host, new SortedInput(input), ClassOrder.Grouping(_types), new PartStream(part));
        part.Finish();
        _host.Report();
        context.Counters.Add(CounterNames.Framework, CounterNames.ReduceInputGroups, task.InputGroups);
        context.Counters.Add(CounterNames.Framework, CounterNames.ReduceOutputRecords, task.OutputRecords);
    }
}

/// <summary>A job's combiner that is a class; a fresh object for each run.</summary>
internal sealed class ClassCombiner(TaskTypes types, ClassTaskHost host) : IReduceProgram
{
    public void Run(IGroupedRecords input, RecordHandler output) =>
        types.Combine()!.Run(host, new SortedInput(input), types.SortComparer(), new Sink(output));

    private sealed class Sink(RecordHandler output) : IRecordSink
    {
        public void Write(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => output(key, value);
    }
}

internal static class ClassOrder
{
    public static KeyOrder Of(TaskTypes types) =>
        types.SortComparer() is { } comparer ? new KeyOrder(comparer.Compare) : KeyOrder.Bytes;

    /// <summary>Keys that sort as equal are one group, unless the job says otherwise.</summary>
    public static IRawComparer? Grouping(TaskTypes types) => types.GroupingComparer() ?? types.SortComparer();
}

internal sealed class SortedInput(IGroupedRecords records) : ISortedRecords
{
    public ReadOnlySpan<byte> Key => records.Key;
    public ReadOnlySpan<byte> Value => records.Value;
    public bool Next() => records.Next();
}
