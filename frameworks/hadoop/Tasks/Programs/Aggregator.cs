using System.Globalization;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>Puts the values of one key together, for <c>-reducer aggregate</c>.</summary>
internal abstract class Aggregator
{
    /// <param name="type">In any case.</param>
    /// <exception cref="AttemptFailedException">There is no such type.</exception>
    public static Aggregator Of(string type, long uniqueMax) => type.ToUpperInvariant() switch
    {
        "LONGVALUESUM" => new LongFold((a, b) => a + b, 0),
        "LONGVALUEMAX" => new LongFold(Math.Max, long.MinValue),
        "LONGVALUEMIN" => new LongFold(Math.Min, long.MaxValue),
        "DOUBLEVALUESUM" => new DoubleSum(),
        "STRINGVALUEMAX" => new StringExtreme(1),
        "STRINGVALUEMIN" => new StringExtreme(-1),
        "UNIQVALUECOUNT" => new UniqueCount(uniqueMax),
        "VALUEHISTOGRAM" => new Histogram(),
        _ => throw new AttemptFailedException($"aggregate knows no '{type}'; it knows LongValueSum, LongValueMax, " +
            "LongValueMin, DoubleValueSum, StringValueMax, StringValueMin, UniqValueCount and ValueHistogram"),
    };

    public abstract void Add(string value);

    public abstract string Report();

    /// <summary>What a combiner hands on: values that add up to the same.</summary>
    public virtual IEnumerable<string> Parts() => [Report()];

    private static AttemptFailedException NotANumber(string value) =>
        new($"'{value}' is not a number, and cannot be aggregated as one");

    private static long Long(string value) =>
        long.TryParse(value.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : throw NotANumber(value);

    private sealed class LongFold(Func<long, long, long> fold, long start) : Aggregator
    {
        private long _value = start;

        public override void Add(string value) => _value = fold(_value, Long(value));
        public override string Report() => _value.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class DoubleSum : Aggregator
    {
        private double _sum;

        public override void Add(string value) => _sum +=
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number : throw NotANumber(value);

        public override string Report() => JavaDouble.Text(_sum);
    }

    private sealed class StringExtreme(int sign) : Aggregator
    {
        private string? _value;

        public override void Add(string value)
        {
            if (_value is null || string.CompareOrdinal(value, _value) * sign > 0)
                _value = value;
        }

        public override string Report() => _value ?? "";
    }

    private sealed class UniqueCount(long max) : Aggregator
    {
        private readonly HashSet<string> _values = new(StringComparer.Ordinal);

        public override void Add(string value)
        {
            if (_values.Count < max)
                _values.Add(value);
        }

        public override string Report() => _values.Count.ToString(CultureInfo.InvariantCulture);
        public override IEnumerable<string> Parts() => _values;
    }

    /// <summary>Values are <c>x</c>, or <c>x TAB n</c> for n of them.</summary>
    private sealed class Histogram : Aggregator
    {
        private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

        public override void Add(string value)
        {
            var tab = value.LastIndexOf('\t');
            var item = tab < 0 ? value : value[..tab];
            _counts[item] = _counts.GetValueOrDefault(item) + (tab < 0 ? 1 : Long(value[(tab + 1)..]));
        }

        /// <summary>How many values, and of how often they came: least, median, most, mean, standard deviation.</summary>
        public override string Report()
        {
            var counts = _counts.Values.Order().ToArray();
            var mean = (double)counts.Sum() / counts.Length;
            var deviation = Math.Sqrt(counts.Sum(c => (c - mean) * (c - mean)) / counts.Length);
            return string.Join('\t', counts.Length, counts[0], counts[counts.Length / 2], counts[^1],
                JavaDouble.Text(mean), JavaDouble.Text(deviation));
        }

        public override IEnumerable<string> Parts() => _counts.Select(c => $"{c.Key}\t{c.Value}");
    }
}
