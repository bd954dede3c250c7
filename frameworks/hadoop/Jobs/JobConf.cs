using System.Globalization;
using System.Text;

namespace Agora.Hadoop.Jobs;

/// <summary>
/// A job's properties: what was set, over the defaults of Hadoop 1.x. Names of Hadoop 2 are taken for the old ones
/// they replaced. Numbers that are not numbers are found by <see cref="Problems"/> at submission.
/// </summary>
public sealed class JobConf(IReadOnlyDictionary<string, string> set)
{
    public const string InputPaths = "mapred.input.dir", OutputPath = "mapred.output.dir", JobName = "mapred.job.name",
        MapTasks = "mapred.map.tasks", ReduceTasks = "mapred.reduce.tasks", Priority = "mapred.job.priority",
        MapAttempts = "mapred.map.max.attempts", ReduceAttempts = "mapred.reduce.max.attempts",
        SplitSizeMin = "mapred.min.split.size", SortMib = "io.sort.mb", SortFactor = "io.sort.factor",
        MapCommand = "stream.map.streamprocessor", ReduceCommand = "stream.reduce.streamprocessor",
        CombineCommand = "stream.combine.streamprocessor", AddEnvironment = "stream.addenvironment",
        Partitioner = "mapred.partitioner.class", PartitionerOptions = "mapred.text.key.partitioner.options",
        KeyComparator = "mapred.output.key.comparator.class",
        KeyComparatorOptions = "mapred.text.key.comparator.options",
        KeyFieldSeparator = "map.output.key.field.separator",
        NonZeroExitIsFailure = "stream.non.zero.exit.is.failure",
        InputFormat = "mapred.input.format.class", OutputFormat = "mapred.output.format.class",
        MapperClass = "mapred.mapper.class", CombinerClass = "mapred.combiner.class",
        ReducerClass = "mapred.reducer.class", RecordReader = "stream.recordreader.class",
        RecordReaderPrefix = "stream.recordreader.", RecordDelimiter = "textinputformat.record.delimiter",
        LinesPerMap = "mapred.line.input.format.linespermap", SplitSizeMax = "mapred.max.split.size",
        Recursive = "mapred.input.dir.recursive", IgnoreKey = "stream.map.input.ignoreKey",
        LazyOutput = "mapreduce.output.lazyoutputformat.outputformat", DefaultStore = "fs.default.name",
        CompressOutput = "mapred.output.compress", OutputCodec = "mapred.output.compression.codec",
        CompressMapOutput = "mapred.compress.map.output", MapCodec = "mapred.map.output.compression.codec",
        SpillPercent = "io.sort.spill.percent",
        ParallelCopies = "mapred.reduce.parallel.copies", CombineSpillsMin = "min.num.spills.for.combine",
        TextOutputSeparator = "mapred.textoutputformat.separator", TruncateLimit = "stream.jobconf.truncate.limit",
        TrackerFailuresMax = "mapred.max.tracker.failures",
        MapFailuresPercent = "mapred.max.map.failures.percent",
        ReduceFailuresPercent = "mapred.max.reduce.failures.percent",
        SpeculateMaps = "mapred.map.tasks.speculative.execution",
        SpeculateReduces = "mapred.reduce.tasks.speculative.execution",
        SlowStart = "mapred.reduce.slowstart.completed.maps",
        MapDebugScript = "mapred.map.task.debug.script", ReduceDebugScript = "mapred.reduce.task.debug.script",
        KeepFailedFiles = "keep.failed.task.files",
        NodeWaitMs = "agora.locality.wait.node.ms", RackWaitMs = "agora.locality.wait.rack.ms",
        MapCpus = "agora.map.cpus", MapMib = "agora.map.memory.mb",
        ReduceCpus = "agora.reduce.cpus", ReduceMib = "agora.reduce.memory.mb";

    private const char EnvironmentSeparator = '\u0001';

    public IReadOnlyDictionary<string, string> Set { get; } = set;

    public string? this[string name] => Set.GetValueOrDefault(name) ?? JobConfDefaults.Values.GetValueOrDefault(name);

    public string Text(string name) => this[name] ?? "";
    public int Int(string name) => int.Parse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    public long Long(string name) => long.Parse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    public bool Bool(string name) => Text(name).Trim().Equals("true", StringComparison.OrdinalIgnoreCase);
    public TimeSpan Milliseconds(string name) => TimeSpan.FromMilliseconds(Long(name));
    public decimal Decimal(string name) => decimal.Parse(Text(name), NumberStyles.Number, CultureInfo.InvariantCulture);

    /// <summary>Paths of a comma list, in which <c>\,</c> stands for a comma.</summary>
    public IReadOnlyList<string> Paths(string name)
    {
        List<string> paths = [];
        var current = new StringBuilder();
        var text = Text(name);
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when i + 1 < text.Length && text[i + 1] == ',':
                    current.Append(text[++i]);
                    break;
                // A comma inside {a,b} belongs to the pattern.
                case ',' when depth == 0:
                    paths.Add(current.ToString());
                    current.Clear();
                    break;
                default:
                    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
                    current.Append(text[i]);
                    break;
            }
        }
        paths.Add(current.ToString());
        return [.. paths.Where(p => p.Length > 0)];
    }

    /// <summary>The command line under a name, which holds it URL-encoded; null if there is none.</summary>
    public string? Command(string name) =>
        this[name] is { } encoded ? Uri.UnescapeDataString(encoded.Replace('+', ' ')) : null;

    /// <summary>Pairs of name and value for <see cref="AddEnvironment"/>, in Hadoop's form where that holds them.</summary>
    public static string JoinEnvironment(IReadOnlyList<string> pairs) =>
        // Hadoop separates by blanks, which takes values with blanks apart.
        pairs.Any(p => p.Contains(' ', StringComparison.Ordinal))
            ? string.Concat(pairs.Select(p => p + EnvironmentSeparator)) : string.Join(' ', pairs);

    /// <summary>What was joined by <see cref="JoinEnvironment"/>, or set by hand with blanks between.</summary>
    public IReadOnlyList<string> Environment => Text(AddEnvironment) is var joined &&
        joined.Contains(EnvironmentSeparator, StringComparison.Ordinal)
            ? joined.Split(EnvironmentSeparator, StringSplitOptions.RemoveEmptyEntries)
            : joined.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Class of the codec that what maps leave for the reduces is packed with; null for none.</summary>
    /// <summary>What the keys that a merge holds may take: half of a task's memory, in bytes.</summary>
    /// <param name="memory">The property with that memory, in MiB.</param>
    public long KeyBytesMax(string memory) => (Long(memory) << 20) / 2;

    public string? MapOutputCodec => Bool(CompressMapOutput) ? Text(MapCodec) : null;

    /// <summary>The old spelling of a property's name.</summary>
    public static string Canonical(string name) => JobConfDefaults.OldNames.GetValueOrDefault(name, name);

    /// <summary>All that is wrong with the values, one sentence each; empty if nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        foreach (var (name, min, max) in JobConfDefaults.Numbers)
        {
            if (!decimal.TryParse(Text(name), NumberStyles.Number, CultureInfo.InvariantCulture, out var value))
                problems.Add($"{name}={Text(name)} is not a number");
            else if (value < min || value > max)
                problems.Add($"{name}={Text(name)} is not between {min} and {max}");
            else if (!JobConfDefaults.Fractional.Contains(name) && value != decimal.Truncate(value))
                problems.Add($"{name}={Text(name)} is not a whole number");
        }
        foreach (var (name, accepted, hint) in JobConfDefaults.Unsupported)
            if (Set.TryGetValue(name, out var value) && !accepted.Any(a => StreamingClasses.Means(value, a)))
                problems.Add($"{name}={value} is not supported yet; {hint}");
        problems.AddRange(RecordForms.Problems(this));
        foreach (var (compress, name) in new[] { (CompressOutput, OutputCodec), (CompressMapOutput, MapCodec) })
            if (Bool(compress) && StreamingClasses.Find(Text(name), StreamingClasses.Codecs) is null)
                problems.Add($"{name}={Text(name)} is not supported yet; use one of {string.Join(", ", StreamingClasses.Codecs)}");
        return problems;
    }
}
