using System.Globalization;
using System.Text;
using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>
/// Checks that each file is sorted and that none begins before the one before it ends. The report holds a
/// <c>checksum</c> and what is out of order; only the checksum means all is well.
/// </summary>
public sealed class TeraValidate : ITool
{
    private const string Checksum = "checksum", Error = "error";

    /// <summary>Writes <c>file begin key</c>, <c>file end key</c> and the sum of the rows' hashes.</summary>
    public sealed class ValidateMapper : Mapper<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, string, string>
    {
        private readonly byte[] _last = new byte[TeraRows.KeyBytes];
        private string _file = "";
        private bool _any;
        private ulong _sum;

        protected override void Map(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, Context context)
        {
            if (!_any)
            {
                var path = context.InputSplit!.Path;
                _file = path[(path.LastIndexOf('/') + 1)..];
                context.Write($"{_file}:begin", Convert.ToHexString(key.Span));
                _any = true;
            }
            else if (key.Span.SequenceCompareTo(_last) < 0)
            {
                context.Write(Error, $"misorder in {_file} between {Encoding.UTF8.GetString(_last)} and {Encoding.UTF8.GetString(key.Span)}");
            }
            key.Span.CopyTo(_last);
            _sum += Hash(key.Span, Hash(value.Span, 0));
        }

        /// <summary>FNV-1a, eight bytes at a time where there are so many.</summary>
        private static ulong Hash(ReadOnlySpan<byte> bytes, ulong seed)
        {
            const ulong Prime = 0x100000001b3;
            var hash = seed ^ 0xcbf29ce484222325;
            for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
                hash = System.Numerics.BitOperations.RotateLeft((hash ^ BitConverter.ToUInt64(bytes)) * Prime, 29);
            foreach (var b in bytes)
                hash = (hash ^ b) * Prime;
            return hash;
        }

        protected override void Cleanup(Context context)
        {
            context.Write(Checksum, _sum.ToString("x16", CultureInfo.InvariantCulture));
            if (_any)
                context.Write($"{_file}:end", Convert.ToHexString(_last));
        }
    }

    public sealed class ValidateReducer : Reducer<string, string, string, string>
    {
        private string? _lastFile, _lastKey;

        protected override void Reduce(string key, IEnumerable<string> values, Context context)
        {
            switch (key)
            {
                case Error:
                    foreach (var value in values)
                        context.Write(key, value);
                    return;
                case Checksum:
                    var sum = values.Aggregate(0UL, (s, v) => s + ulong.Parse(v, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    context.Write(key, sum.ToString("x", CultureInfo.InvariantCulture));
                    return;
            }
            var bound = values.First();
            if (key.EndsWith(":begin", StringComparison.Ordinal) && _lastKey is not null &&
                string.CompareOrdinal(bound, _lastKey) < 0)
                context.Write(Error, $"bad key partitioning: {_lastFile} ends with {_lastKey}, {key} is {bound}");
            (_lastFile, _lastKey) = (key, bound);
        }
    }

    /// <summary>Whole files, so that the order within each is seen by one map.</summary>
    public sealed class WholeFiles : FileInputFormat
    {
        private readonly TeraInputFormat _rows = new();

        public override bool IsSplitable => false;

        public override RecordReader Open(FileSplit split, JobConf conf) => _rows.Open(split, conf);
    }

    public int Run(JobConf conf, string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("Usage: teravalidate <out-dir> <report-dir>");
            return 2;
        }
        conf.SetJobName("TeraValidate");
        conf.SetInputFormat<WholeFiles>();
        conf.SetMapperClass<ValidateMapper>();
        conf.SetReducerClass<ValidateReducer>();
        conf.SetNumReduceTasks(1);
        conf.SetInputPaths(args[0]);
        conf.SetOutputPath(args[1]);
        JobClient.RunJob(conf);
        return 0;
    }
}
