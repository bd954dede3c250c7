using System.Buffers.Binary;
using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Sorts TeraGen's rows: parts in order, each sorted, so that all of them are one sorted file.</summary>
public sealed class TeraSort : ITool
{
    private const string CutPoints = "terasort.cut.points", SampleSize = "terasort.partitions.sample";

    /// <summary>Sends each key between two cut points to the reduce between them.</summary>
    public sealed class TotalOrderPartitioner : Partitioner<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>
    {
        private byte[][] _cuts = [];
        private ulong[] _prefixes = [];

        public override void Configure(JobConf conf, string workDirectory)
        {
            _cuts = [.. conf.Get(CutPoints, "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromHexString)];
            _prefixes = [.. _cuts.Select(c => BinaryPrimitives.ReadUInt64BigEndian(c))];
        }

        public override int GetPartition(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, int numPartitions)
        {
            var prefix = BinaryPrimitives.ReadUInt64BigEndian(key.Span);
            var (low, high) = (0, _cuts.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                var isBelow = prefix != _prefixes[middle] ? prefix < _prefixes[middle]
                    : key.Span.SequenceCompareTo(_cuts[middle]) < 0;
                if (isBelow)
                    high = middle;
                else
                    low = middle + 1;
            }
            return low;
        }
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("Usage: terasort <input dir> <output dir>");
            return 2;
        }
        conf.SetJobName("TeraSort");
        conf.SetInputFormat<TeraInputFormat>();
        conf.SetOutputFormat<TeraOutputFormat>();
        conf.SetMapperClass<IdentityMapper<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>();
        conf.SetPartitionerClass<TotalOrderPartitioner>();
        conf.SetInputPaths(args[0]);
        conf.SetOutputPath(args[1]);
        if (conf.NumReduceTasks > 1)
            conf.Set(CutPoints, string.Join(',', Sample(conf, args[0]).Select(Convert.ToHexString)));
        JobClient.RunJob(conf);
        return 0;
    }

    /// <summary>Keys that cut a sample, read in pieces from all over the input, into equal parts.</summary>
    private static List<byte[]> Sample(JobConf conf, string input)
    {
        const int PiecesMax = 10;
        var files = FileSystem.Get();
        var rows = files.List(input).Where(f => !f.IsDirectory && f.Length > 0 && !f.Name.StartsWith('_')).ToList();
        var sample = conf.GetInt(SampleSize, 100_000);
        var pieces = Math.Max(1, Math.Min(PiecesMax, rows.Count));
        List<byte[]> keys = [];
        for (var i = 0; i < pieces && rows.Count > 0; i++)
        {
            var file = rows[i * rows.Count / pieces];
            using var stream = files.Open($"{files.Qualify(input)}/{file.Name}", 0, (long)sample / pieces * TeraRows.RowBytes);
            var row = new byte[TeraRows.RowBytes];
            while (stream.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) == row.Length)
                keys.Add(row[..TeraRows.KeyBytes]);
        }
        keys.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        var parts = conf.NumReduceTasks;
        if (keys.Count < parts)
            throw new ArgumentException($"{input} has too few rows for {parts} parts; ask for fewer with -D mapred.reduce.tasks=N");
        return [.. Enumerable.Range(1, parts - 1).Select(i => keys[(int)((long)keys.Count * i / parts)])];
    }
}
