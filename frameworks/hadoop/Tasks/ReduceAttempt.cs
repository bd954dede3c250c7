using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks;

/// <summary>Fetches the partition from every map, merges it, runs the reducer over it and writes the part file.</summary>
internal sealed class ReduceAttempt(AttemptContext context, HttpClient http, TimeProvider time)
{
    private const double Third = 1.0 / 3;

    private long _inputRecords, _groups, _outputRecords;

    public void Run()
    {
        var fetch = new MapOutputFetch(http, time, context.Assignment.MapOutputs!, context.Id.Task.Index,
            context.Directory, context.Conf.Long(JobConf.SortMib) << 20);
        var fetched = fetch.AllAsync(part => context.Progress.Fraction = part * Third, context.Stop)
            .GetAwaiter().GetResult().ToList();
        var order = context.KeyOrder;
        fetched = MergeToFactor(order, fetched);
        context.Progress.Fraction = 2 * Third;
        context.WritePart(stream =>
        {
            using var merge = new MergeReader(order, [.. fetched.Where(f => f.Length > 0).Select(f => f.Open())]);
            Reduce(order, merge, fetch.TotalBytes, (TextOutput)stream);
        });
        var counters = context.Counters;
        counters.Add(CounterNames.Framework, CounterNames.ReduceShuffleBytes, fetch.TotalBytes);
        counters.Add(CounterNames.Framework, CounterNames.ReduceInputRecords, _inputRecords);
        counters.Add(CounterNames.Framework, CounterNames.ReduceInputGroups, _groups);
        counters.Add(CounterNames.Framework, CounterNames.ReduceOutputRecords, _outputRecords);
    }

    private void Reduce(KeyOrder order, MergeReader merge, long totalBytes, TextOutput output)
    {
        var command = context.Conf.Command(JobConf.ReduceCommand);
        if (command is null or StreamingClasses.IdentityReducer)
        {
            Each(order, merge, totalBytes, (key, value) =>
            {
                output.WriteRecord(key, value);
                _outputRecords++;
            });
            return;
        }
        var separator = System.Text.Encoding.UTF8.GetBytes(
            context.Conf["stream.reduce.input.field.separator"] ?? "\t");
        var cut = context.ReduceOutputSplit;
        context.RunProgram(
            command,
            input => Each(order, merge, totalBytes, (key, value) =>
            {
                input.Write(key);
                input.Write(separator);
                input.Write(value);
                input.WriteByte((byte)'\n');
            }),
            line =>
            {
                // Hadoop reads what a reducer without input says, and drops it.
                if (totalBytes == 0)
                    return;
                cut.Cut(line, out var key, out var value);
                output.WriteRecord(key, value);
                _outputRecords++;
            });
    }

    private void Each(
        KeyOrder order, MergeReader merge, long totalBytes, MapOutputCollector.RecordHandler record)
    {
        const int RecordsPerReport = 1024;
        var lastKey = Array.Empty<byte>();
        var lastLength = 0;
        var bytes = 0L;
        while (merge.Next())
        {
            var key = merge.Key;
            var value = merge.Value;
            if (_inputRecords == 0 || order.Compare(lastKey.AsSpan(0, lastLength), key) != 0)
            {
                _groups++;
                if (lastKey.Length < key.Length)
                    lastKey = new byte[key.Length * 2];
                key.CopyTo(lastKey);
                lastLength = key.Length;
            }
            record(key, value);
            bytes += key.Length + value.Length;
            if (++_inputRecords % RecordsPerReport != 0)
                continue;
            context.Stop.ThrowIfCancellationRequested();
            context.Progress.Fraction = (2 * Third) + (Third * Math.Min(1, (double)bytes / totalBytes));
        }
    }

    /// <summary>Merges files among themselves until no more than <c>io.sort.factor</c> have to be open at once.</summary>
    private List<MapOutputFetch.Fetched> MergeToFactor(KeyOrder order, List<MapOutputFetch.Fetched> runs)
    {
        var factor = context.Conf.Int(JobConf.SortFactor);
        for (var made = 0; runs.Count(r => r.Path is not null) > factor; made++)
        {
            // Neighbours only, so that equal keys keep the order of the input.
            var last = runs.Select((r, i) => (r, i)).Where(p => p.r.Path is not null).ElementAt(factor - 1).i;
            var merged = runs.GetRange(0, last + 1);
            var path = Path.Combine(context.Directory, $"merge{made}.out");
            using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            using (var merge = new MergeReader(order, merged.ConvertAll(r => r.Open())))
            {
                var writer = new RecordWriter(file);
                while (merge.Next())
                    writer.Write(merge.Key, merge.Value);
                var segment = writer.EndSegment();
                runs.RemoveRange(0, last + 1);
                runs.Insert(0, new MapOutputFetch.Fetched(null, path, segment.Length));
            }
            foreach (var run in merged)
                if (run.Path is not null)
                    File.Delete(run.Path);
        }
        return runs;
    }
}
