using System.Globalization;

namespace Agora.Spark;

/// <summary>
/// Settings of an application by Spark's names, such as <c>spark.executor.memory</c>. What is set in it comes before
/// what <c>spark-submit</c> was given, and that before a file of properties.
/// </summary>
public sealed class SparkConf
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>How the application is called where its jobs are shown.</summary>
    public SparkConf SetAppName(string name) => Set("spark.app.name", name);

    /// <param name="master"><c>agora://host:port</c>, or <c>local</c>, <c>local[N]</c> or <c>local[*]</c> for this process alone.</param>
    public SparkConf SetMaster(string master) => Set("spark.master", master);

    public SparkConf Set(string key, string value)
    {
        lock (_values)
            _values[key] = value;
        return this;
    }

    /// <summary>Sets what nobody has set.</summary>
    public SparkConf SetIfMissing(string key, string value)
    {
        lock (_values)
            _values.TryAdd(key, value);
        return this;
    }

    public SparkConf SetAll(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (key, value) in settings)
            Set(key, value);
        return this;
    }

    public SparkConf Remove(string key)
    {
        lock (_values)
            _values.Remove(key);
        return this;
    }

    public bool Contains(string key)
    {
        lock (_values)
            return _values.ContainsKey(key);
    }

    /// <exception cref="SparkException">Nobody has set it.</exception>
    public string Get(string key) => GetOption(key) ?? throw new SparkException($"{key} is not set");

    public string Get(string key, string otherwise) => GetOption(key) ?? otherwise;

    /// <summary>Null if nobody has set it.</summary>
    public string? GetOption(string key)
    {
        lock (_values)
            return _values.GetValueOrDefault(key);
    }

    /// <summary>All that is set, sorted by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> GetAll()
    {
        lock (_values)
            return [.. _values];
    }

    /// <exception cref="SparkException">It is set to something else than a whole number.</exception>
    public int GetInt(string key, int otherwise) => Parsed(key, otherwise, "a whole number",
        static text => int.TryParse(text, CultureInfo.InvariantCulture, out var n) ? n : null);

    /// <exception cref="SparkException">It is set to something else than a number.</exception>
    public double GetDouble(string key, double otherwise) => Parsed(key, otherwise, "a number",
        static text => double.TryParse(text, CultureInfo.InvariantCulture, out var n) ? n : null);

    /// <exception cref="SparkException">It is set to something else than true or false.</exception>
    public bool GetBoolean(string key, bool otherwise) => Parsed(key, otherwise, "true or false",
        static text => bool.TryParse(text, out var b) ? b : null);

    /// <summary>A size in bytes, written with a unit of 1,024s (<c>512k</c>, <c>1g</c>, <c>4MB</c>).</summary>
    /// <param name="unit">What a number without a unit is in, such as <c>m</c>.</param>
    /// <exception cref="SparkException">It is set to something else.</exception>
    public long GetSizeAsBytes(string key, long otherwise, string unit = "b") => Parsed(key, otherwise, "a size such as 512m or 1g",
        text => Units.Bytes(text, unit));

    /// <summary>A time, written with a unit (<c>100ms</c>, <c>3s</c>, <c>5m</c>, <c>1h</c>).</summary>
    /// <param name="unit">What a number without a unit is in, such as <c>s</c>.</param>
    /// <exception cref="SparkException">It is set to something else.</exception>
    public TimeSpan GetTime(string key, TimeSpan otherwise, string unit = "s") => Parsed(key, otherwise, "a time such as 100ms or 3s",
        text => Units.Time(text, unit));

    public SparkConf Clone() => new SparkConf().SetAll(GetAll());

    /// <summary>One setting a line.</summary>
    public string ToDebugString() => string.Join('\n', GetAll().Select(s => $"{s.Key}={s.Value}"));

    private T Parsed<T>(string key, T otherwise, string what, Func<string, T?> parse)
        where T : struct => GetOption(key) is not { } text ? otherwise
        : parse(text.Trim()) ?? throw new SparkException($"{key} is '{text}', which is not {what}");
}
