using System.Globalization;
using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Writes random keys and values of random lengths as sequence files.</summary>
public sealed class RandomWriter : ITool
{
    private const string BytesPerMap = "test.randomwrite.bytes_per_map", MapsPerHost = "test.randomwriter.maps_per_host",
        KeyMin = "test.randomwrite.min_key", KeyMax = "test.randomwrite.max_key",
        ValueMin = "test.randomwrite.min_value", ValueMax = "test.randomwrite.max_value";

    private enum Counted
    {
        RecordsWritten,
        BytesWritten,
    }

    /// <summary>Each split is the seed of its map.</summary>
    public sealed class Seeds : GeneratingInputFormat
    {
        public override IReadOnlyList<string> GetSplits(JobConf conf, int numSplits) =>
            [.. Enumerable.Range(1, numSplits).Select(i => i.ToString(CultureInfo.InvariantCulture))];

        public override RecordReader Open(string split, JobConf conf) =>
            new SingleRecord<NullWritable, int>(conf, default, int.Parse(split, CultureInfo.InvariantCulture));
    }

    public sealed class RandomMapper : Mapper<NullWritable, int, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>
    {
        protected override void Map(NullWritable key, int value, Context context)
        {
            var conf = context.Configuration;
            var random = new Random(value);
            var left = conf.GetLong(BytesPerMap, 1L << 30);
            var (keyMin, keyMax) = (conf.GetInt(KeyMin, 10), conf.GetInt(KeyMax, 1000));
            var (valueMin, valueMax) = (conf.GetInt(ValueMin, 0), conf.GetInt(ValueMax, 20000));
            var bytes = new byte[keyMax + valueMax];
            var (records, written) = (context.GetCounter(Counted.RecordsWritten), context.GetCounter(Counted.BytesWritten));
            while (left > 0)
            {
                var keyLength = random.Next(keyMin, keyMax + 1);
                var valueLength = random.Next(valueMin, valueMax + 1);
                random.NextBytes(bytes.AsSpan(0, keyLength + valueLength));
                context.Write(bytes.AsMemory(0, keyLength), bytes.AsMemory(keyLength, valueLength));
                left -= keyLength + valueLength;
                written.Increment(keyLength + valueLength);
                records.Increment();
                context.Progress();
            }
        }
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length == 0)
        {
            Console.WriteLine("Usage: writer <out-dir>");
            return 255;
        }
        var bytesPerMap = conf.GetLong(BytesPerMap, 1L << 30);
        if (conf.Get("mapred.map.tasks") is null)
            conf.SetNumMapTasks((int)Math.Max(1, conf.GetLong("test.randomwrite.total_bytes",
                conf.GetInt(MapsPerHost, 10) * bytesPerMap) / bytesPerMap));
        conf.SetJobName("random-writer");
        conf.SetInputFormat<Seeds>();
        conf.SetMapperClass<RandomMapper>();
        conf.SetOutputFormat<SequenceFileOutputFormat>();
        conf.SetNumReduceTasks(0);
        conf.SetOutputPath(args[0]);
        Console.WriteLine($"Running {conf.NumMapTasks} maps.");
        JobClient.RunJob(conf);
        return 0;
    }
}
