using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Classes;
using Agora.Hadoop.Tasks.Output;
using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks;

/// <summary>Fetches the partition from every map, merges it, runs the reducer over it and writes the part file.</summary>
internal sealed class ReduceAttempt(
    AttemptContext context, MapOutputFeed feed, HttpClient http, TimeProvider time, MapReduce.JobConf? classes)
{
    private const double Third = 1.0 / 3;

    /// <summary>Files merged at once, whatever <c>io.sort.factor</c> says: a round more costs all records.</summary>
    private const int OpenFilesMin = 64;

    public void Run()
    {
        var fetch = new MapOutputFetch(http, time, context.Node, feed, context.Assignment.Maps, context.Id.Task.Index,
            context.Directory, context.Conf.MapOutputCodec, context.Conf.Long(JobConf.SortMib) << 20,
            context.Conf.Int(JobConf.ParallelCopies));
        var fetched = fetch.AllAsync(part => context.Progress.Fraction = part * Third, context.Stop)
            .GetAwaiter().GetResult().ToList();
        var reduce = classes is null ? null : new ClassReduce(context, classes);
        var order = reduce?.Order ?? context.KeyOrder;
        fetched = MergeToFactor(order, fetched);
        context.Progress.Fraction = 2 * Third;
        using var merge = new MergeReader(order, fetched.ConvertAll(f => f.Open()));
        var input = new ReduceInput(merge, order, fetch.TotalRecordBytes, part =>
        {
            context.Stop.ThrowIfCancellationRequested();
            context.Progress.Fraction = (2 * Third) + (Third * part);
        });
        var counters = context.Counters;
        if (reduce is not null)
        {
            reduce.Run(input);
        }
        else
        {
            counters.Add(CounterNames.Framework, CounterNames.ReduceOutputRecords, RunProgram(input));
            counters.Add(CounterNames.Framework, CounterNames.ReduceInputGroups, input.Groups);
        }
        counters.Add(CounterNames.Framework, CounterNames.ReduceShuffleBytes, fetch.TotalBytes);
        counters.Add(CounterNames.Framework, CounterNames.ReduceInputRecords, input.Records);
    }

    /// <returns>Records written.</returns>
    private long RunProgram(ReduceInput input)
    {
        var records = 0L;
        using var output = RecordOutputs.Open(context);
        var reducer = JobPrograms.Reducer(context);
        if (reducer is StreamingReducer program && output is TextRecordOutput text && program.GivesTextTo(input, text))
        {
            var lines = text.Lines();
            program.Run(input, lines);
            records = lines.Records;
        }
        else
        {
            reducer.Run(input, (key, value) =>
            {
                output.Write(key, value);
                records++;
            });
        }
        output.Finish();
        return records;
    }

    /// <summary>Merges outputs among themselves until the rest can be merged at once.</summary>
    private List<MapOutputFetch.Fetched> MergeToFactor(KeyOrder order, List<MapOutputFetch.Fetched> runs)
    {
        runs.RemoveAll(r => r.IsEmpty);
        var rounds = new MergeRounds(Math.Max(OpenFilesMin, context.Conf.Int(JobConf.SortFactor)) + runs.Count(r => r.Path is null),
            context.Conf.KeyBytesMax(JobConf.ReduceMib));
        for (var made = 0; rounds.Next(runs.ConvertAll(r => r.Segment.LongestKey)) is { } round; made++)
        {
            var (first, count) = round.GetOffsetAndLength(runs.Count);
            var merged = runs.GetRange(first, count);
            var path = Path.Combine(context.Directory, $"merge{made}.out");
            using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            using (var merge = new MergeReader(order, merged.ConvertAll(r => r.Open())))
            {
                using var writer = new RecordWriter(file);
                while (merge.Next())
                    writer.Write(merge.Key, merge.Value);
                runs.RemoveRange(first, count);
                runs.Insert(first, new MapOutputFetch.Fetched(null, path, writer.EndSegment(), null, IsOwn: true));
            }
            foreach (var run in merged)
                run.Remove();
        }
        return runs;
    }
}
