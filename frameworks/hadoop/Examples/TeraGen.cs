using System.Globalization;
using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>Makes rows to sort, the same for the same number of rows however many maps make them.</summary>
public sealed class TeraGen : ITool
{
    private const string Rows = "terasort.num-rows";

    /// <summary>Each split is <c>first-row rows</c>.</summary>
    public sealed class RowRanges : GeneratingInputFormat
    {
        public override IReadOnlyList<string> GetSplits(JobConf conf, int numSplits)
        {
            var rows = conf.GetLong(Rows, 0);
            return [.. Enumerable.Range(0, Math.Max(1, numSplits)).Select(i =>
            {
                var first = rows * i / numSplits;
                return $"{first} {(rows * (i + 1) / numSplits) - first}";
            })];
        }

        public override RecordReader Open(string split, JobConf conf)
        {
            var parts = split.Split(' ');
            return new SingleRecord<long, long>(conf,
                long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
        }
    }

    public sealed class RowMapper : Mapper<long, long, ReadOnlyMemory<byte>, NullWritable>
    {
        private const int RowsPerReport = 1 << 14;

        protected override void Map(long key, long value, Context context)
        {
            var row = new byte[TeraRows.RowBytes];
            for (var number = key; number < key + value; number++)
            {
                Fill(row, number);
                context.Write(row, default);
                if (number % RowsPerReport == 0)
                    context.Progress();
            }
        }
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length != 2 || !long.TryParse(args[0], out var rows) || rows < 1)
        {
            Console.Error.WriteLine("Usage: teragen <num rows> <output dir>");
            return 2;
        }
        conf.SetJobName("TeraGen");
        conf.SetLong(Rows, rows);
        conf.SetInputFormat<RowRanges>();
        conf.SetMapperClass<RowMapper>();
        conf.SetOutputFormat<TeraOutputFormat>();
        conf.SetNumReduceTasks(0);
        conf.SetOutputPath(args[1]);
        Console.WriteLine($"Generating {rows} using {conf.NumMapTasks} maps with step of {rows / conf.NumMapTasks}");
        JobClient.RunJob(conf);
        return 0;
    }

    internal static void Fill(Span<byte> row, long number)
    {
        const int Printable = '~' - ' ' + 1, Letters = 26, LettersAt = 20, LettersInARun = 10;
        var (low, high) = (Mix((ulong)number * 2), Mix(((ulong)number * 2) + 1));
        for (var i = 0; i < TeraRows.KeyBytes; i++)
        {
            ref var random = ref i < TeraRows.KeyBytes / 2 ? ref low : ref high;
            row[i] = (byte)(' ' + (random % Printable));
            random /= Printable;
        }
        row[TeraRows.KeyBytes..LettersAt].Fill((byte)' ');
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var used, default, CultureInfo.InvariantCulture);
        digits[..Math.Min(used, 10)].CopyTo(row[(LettersAt - Math.Min(used, 10))..]);
        for (var i = LettersAt; i < TeraRows.RowBytes - 2; i += LettersInARun)
        {
            var letter = (byte)('A' + (((number * 8) + ((i - LettersAt) / LettersInARun)) % Letters));
            row[i..Math.Min(i + LettersInARun, TeraRows.RowBytes - 2)].Fill(letter);
        }
        "\r\n"u8.CopyTo(row[(TeraRows.RowBytes - 2)..]);
    }

    /// <summary>SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        var z = (value + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
