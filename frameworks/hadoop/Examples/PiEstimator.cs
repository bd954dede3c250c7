using System.Diagnostics;
using System.Globalization;
using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Estimates Pi by points of a Halton sequence that fall into a circle, or beside it.</summary>
public sealed class PiEstimator : ITool
{
    private const string Output = "PiEstimator_TMP_3_141592654";

    /// <summary>Each split is <c>offset size</c>.</summary>
    public sealed class PointRanges : GeneratingInputFormat
    {
        public const string Samples = "pi.samples";

        public override IReadOnlyList<string> GetSplits(JobConf conf, int numSplits)
        {
            var size = conf.GetLong(Samples, 0);
            return [.. Enumerable.Range(0, numSplits).Select(i => $"{i * size} {size}")];
        }

        public override RecordReader Open(string split, JobConf conf)
        {
            var parts = split.Split(' ');
            return new SingleRecord<long, long>(conf,
                long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
        }
    }

    public sealed class PointMapper : Mapper<long, long, bool, long>
    {
        private const int SamplesPerReport = 1 << 20;

        protected override void Map(long key, long value, Context context)
        {
            var inside = 0L;
            for (var i = 0L; i < value; i++)
            {
                var x = Halton(key + i + 1, 2) - 0.5;
                var y = Halton(key + i + 1, 3) - 0.5;
                if ((x * x) + (y * y) <= 0.25)
                    inside++;
                if (i % SamplesPerReport == 0)
                    context.Progress();
            }
            context.Write(true, inside);
            context.Write(false, value - inside);
        }

        /// <summary>The number's digits in a base, mirrored at the point.</summary>
        private static double Halton(long index, int digitBase)
        {
            var (result, weight) = (0.0, 1.0 / digitBase);
            for (; index > 0; index /= digitBase, weight /= digitBase)
                result += weight * (index % digitBase);
            return result;
        }
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length != 2 || !int.TryParse(args[0], out var maps) || !long.TryParse(args[1], out var samples) ||
            maps < 1 || samples < 1)
        {
            Console.Error.WriteLine("Usage: pi <nMaps> <nSamples>");
            return 255;
        }
        Console.WriteLine($"Number of Maps  = {maps}");
        Console.WriteLine($"Samples per Map = {samples}");
        conf.SetJobName("PiEstimator");
        conf.SetNumMapTasks(maps);
        conf.SetLong(PointRanges.Samples, samples);
        conf.SetInputFormat<PointRanges>();
        conf.SetMapperClass<PointMapper>();
        conf.SetReducerClass<LongSumReducer<bool>>();
        conf.SetNumReduceTasks(1);
        conf.SetOutputPath(Output);
        Console.WriteLine("Starting Job");
        var clock = Stopwatch.GetTimestamp();
        JobClient.RunJob(conf);
        try
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Job Finished in {Stopwatch.GetElapsedTime(clock).TotalSeconds:0.000} seconds"));
            using var part = new StreamReader(FileSystem.Get().Open($"{Output}/part-00000"));
            var counts = part.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split('\t')).ToDictionary(p => p[0], p => decimal.Parse(p[1], CultureInfo.InvariantCulture));
            var pi = (4m * counts["true"] / (counts["true"] + counts["false"])).ToString("0.00000000000000000000", CultureInfo.InvariantCulture);
            Console.WriteLine($"Estimated value of Pi is {pi}");
        }
        finally
        {
            FileSystem.Get().Delete(Output, recursive: true);
        }
        return 0;
    }
}
