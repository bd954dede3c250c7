namespace Agora.Hadoop.Jobs;

/// <summary>Names, defaults and bounds of the properties the engine knows.</summary>
public static class JobConfDefaults
{
    public static readonly IReadOnlyDictionary<string, string> Values = new Dictionary<string, string>
    {
        ["fs.file.impl"] = "org.apache.hadoop.fs.LocalFileSystem",
        ["io.file.buffer.size"] = "4096",
        ["io.sort.factor"] = "10",
        ["io.sort.mb"] = "100",
        ["io.sort.record.percent"] = "0.05",
        ["io.sort.spill.percent"] = "0.80",
        ["job.end.retry.attempts"] = "0",
        ["map.sort.class"] = "org.apache.hadoop.util.QuickSort",
        ["mapred.compress.map.output"] = "false",
        ["mapred.job.priority"] = "NORMAL",
        ["mapred.job.queue.name"] = "default",
        ["mapred.job.reduce.input.buffer.percent"] = "0.0",
        ["mapred.job.shuffle.input.buffer.percent"] = "0.70",
        ["mapred.job.shuffle.merge.percent"] = "0.66",
        ["mapred.line.input.format.linespermap"] = "1",
        ["mapred.map.max.attempts"] = "4",
        ["mapred.map.output.compression.codec"] = "org.apache.hadoop.io.compress.DefaultCodec",
        ["mapred.map.tasks"] = "2",
        ["mapred.map.tasks.speculative.execution"] = "true",
        ["mapred.max.map.failures.percent"] = "0",
        ["mapred.max.reduce.failures.percent"] = "0",
        ["mapred.max.tracker.failures"] = "4",
        ["mapred.min.split.size"] = "0",
        ["mapred.output.compress"] = "false",
        ["mapred.output.compression.codec"] = "org.apache.hadoop.io.compress.DefaultCodec",
        ["mapred.reduce.max.attempts"] = "4",
        ["mapred.reduce.parallel.copies"] = "5",
        ["mapred.reduce.slowstart.completed.maps"] = "0.05",
        ["mapred.reduce.tasks"] = "1",
        ["mapred.reduce.tasks.speculative.execution"] = "true",
        ["mapred.task.timeout"] = "600000",
        ["mapreduce.job.counters.limit"] = "120",
        ["min.num.spills.for.combine"] = "3",
        ["mapred.max.split.size"] = "9223372036854775807",
        ["mapred.textoutputformat.separator"] = "\t",
        ["keep.failed.task.files"] = "false",
        ["stream.minRecWrittenToEnableSkip_"] = "0",
        ["stream.jobconf.truncate.limit"] = "-1",
        ["stream.non.zero.exit.is.failure"] = "true",
        [JobConf.NodeWaitMs] = "5000",
        [JobConf.RackWaitMs] = "5000",
        [JobConf.MapCpus] = "1",
        [JobConf.MapMib] = "256",
        [JobConf.ReduceCpus] = "1",
        [JobConf.ReduceMib] = "256",
    };

    /// <summary>Hadoop 2 names and the old ones they replaced.</summary>
    public static readonly IReadOnlyDictionary<string, string> OldNames = new Dictionary<string, string>
    {
        ["mapreduce.input.fileinputformat.inputdir"] = "mapred.input.dir",
        ["fs.defaultFS"] = "fs.default.name",
        ["mapreduce.fieldsel.data.field.separator"] = "mapred.data.field.separator",
        ["mapreduce.fieldsel.map.output.key.value.fields.spec"] = "map.output.key.value.fields.spec",
        ["mapreduce.fieldsel.reduce.output.key.value.fields.spec"] = "reduce.output.key.value.fields.spec",
        ["mapreduce.input.fileinputformat.input.dir.recursive"] = "mapred.input.dir.recursive",
        ["mapreduce.input.fileinputformat.split.maxsize"] = "mapred.max.split.size",
        ["mapreduce.input.keyvaluelinerecordreader.key.value.separator"] = "key.value.separator.in.input.line",
        ["mapreduce.map.combine.minspills"] = "min.num.spills.for.combine",
        ["mapreduce.map.env"] = "mapred.map.child.env",
        ["mapreduce.map.output.compress.codec"] = "mapred.map.output.compression.codec",
        ["mapreduce.mapper.regex"] = "mapred.mapper.regex",
        ["mapreduce.mapper.regexmapper..group"] = "mapred.mapper.regex.group",
        ["mapreduce.output.textoutputformat.separator"] = "mapred.textoutputformat.separator",
        ["mapreduce.reduce.env"] = "mapred.reduce.child.env",
        ["mapreduce.task.files.preserve.failedtasks"] = "keep.failed.task.files",
        ["mapreduce.input.fileinputformat.split.minsize"] = "mapred.min.split.size",
        ["mapreduce.input.lineinputformat.linespermap"] = "mapred.line.input.format.linespermap",
        ["mapreduce.job.maxtaskfailures.per.tracker"] = "mapred.max.tracker.failures",
        ["mapreduce.map.failures.maxpercent"] = "mapred.max.map.failures.percent",
        ["mapreduce.reduce.failures.maxpercent"] = "mapred.max.reduce.failures.percent",
        ["mapreduce.job.maps"] = "mapred.map.tasks",
        ["mapreduce.job.name"] = "mapred.job.name",
        ["mapreduce.job.output.key.comparator.class"] = "mapred.output.key.comparator.class",
        ["mapreduce.job.partitioner.class"] = "mapred.partitioner.class",
        ["mapreduce.job.priority"] = "mapred.job.priority",
        ["mapreduce.job.queuename"] = "mapred.job.queue.name",
        ["mapreduce.job.reduce.slowstart.completedmaps"] = "mapred.reduce.slowstart.completed.maps",
        ["mapreduce.job.reduces"] = "mapred.reduce.tasks",
        ["mapreduce.job.user.name"] = "user.name",
        ["mapreduce.map.maxattempts"] = "mapred.map.max.attempts",
        ["mapreduce.map.output.compress"] = "mapred.compress.map.output",
        ["mapreduce.map.output.key.field.separator"] = "map.output.key.field.separator",
        ["mapreduce.map.sort.spill.percent"] = "io.sort.spill.percent",
        ["mapreduce.map.speculative"] = "mapred.map.tasks.speculative.execution",
        ["mapreduce.output.fileoutputformat.compress"] = "mapred.output.compress",
        ["mapreduce.output.fileoutputformat.compress.codec"] = "mapred.output.compression.codec",
        ["mapreduce.output.fileoutputformat.outputdir"] = "mapred.output.dir",
        ["mapreduce.partition.keycomparator.options"] = "mapred.text.key.comparator.options",
        ["mapreduce.partition.keypartitioner.options"] = "mapred.text.key.partitioner.options",
        ["mapreduce.reduce.maxattempts"] = "mapred.reduce.max.attempts",
        ["mapreduce.reduce.shuffle.parallelcopies"] = "mapred.reduce.parallel.copies",
        ["mapreduce.reduce.speculative"] = "mapred.reduce.tasks.speculative.execution",
        ["mapreduce.task.io.sort.factor"] = "io.sort.factor",
        ["mapreduce.task.io.sort.mb"] = "io.sort.mb",
        ["mapreduce.task.timeout"] = "mapred.task.timeout",
    };

    /// <summary>How streaming passes records to programs and back.</summary>
    internal static readonly string[] StreamingForms = ["text", "keyonlytext"];

    internal static readonly string[] StreamingFormProperties =
        ["stream.map.input", "stream.map.output", "stream.reduce.input", "stream.reduce.output"];

    /// <summary>Properties that must be numbers, with what they may be.</summary>
    internal static readonly IReadOnlyList<(string Name, decimal Min, decimal Max)> Numbers =
    [
        (JobConf.MapTasks, 0, 1_000_000),
        (JobConf.ReduceTasks, 0, 100_000),
        (JobConf.MapAttempts, 1, 100),
        (JobConf.ReduceAttempts, 1, 100),
        (JobConf.SplitSizeMin, 0, long.MaxValue),
        (JobConf.SplitSizeMax, 1, long.MaxValue),
        (JobConf.LinesPerMap, 1, int.MaxValue),
        (JobConf.SpillPercent, 0.01m, 1),
        (JobConf.ParallelCopies, 1, 100),
        (JobConf.CombineSpillsMin, 1, int.MaxValue),
        (JobConf.TruncateLimit, -1, int.MaxValue),
        (JobConf.SortMib, 1, 2047),
        (JobConf.SortFactor, 2, 10_000),
        (JobConf.TrackerFailuresMax, 1, 1_000_000),
        (JobConf.MapFailuresPercent, 0, 100),
        (JobConf.ReduceFailuresPercent, 0, 100),
        (JobConf.SlowStart, 0, 1),
        (JobConf.NodeWaitMs, 0, 3_600_000),
        (JobConf.RackWaitMs, 0, 3_600_000),
        (JobConf.MapCpus, 0.001m, 1_000),
        (JobConf.MapMib, 1, 1 << 20),
        (JobConf.ReduceCpus, 0.001m, 1_000),
        (JobConf.ReduceMib, 1, 1 << 20),
    ];

    internal static readonly IReadOnlySet<string> Fractional =
        new HashSet<string> { JobConf.MapCpus, JobConf.ReduceCpus, JobConf.SlowStart, JobConf.SpillPercent };

    /// <summary>Properties that change the result in a way the engine cannot yet, and the values it can do.</summary>
    internal static readonly IReadOnlyList<(string Name, string[] Accepted, string Hint)> Unsupported =
    [
        ("stream.map.input", StreamingForms, "use text"),
        ("stream.map.output", StreamingForms, "use text or keyonlytext"),
        ("stream.reduce.input", StreamingForms, "use text"),
        ("stream.reduce.output", StreamingForms, "use text or keyonlytext"),
        ("mapred.input.format.class", [.. StreamingClasses.InputFormats], "it is none of the formats that can be read"),
        ("mapred.output.format.class", [.. StreamingClasses.OutputFormats], "it is none of the formats that can be written"),
        ("mapred.map.task.debug.script", [], "a failed attempt's log is printed with the job's end"),
        ("mapred.reduce.task.debug.script", [], "a failed attempt's log is printed with the job's end"),
        ("mapred.partitioner.class", [StreamingClasses.HashPartitioner, StreamingClasses.KeyFieldPartitioner],
            "use HashPartitioner or KeyFieldBasedPartitioner"),
        ("mapred.output.key.comparator.class", [StreamingClasses.KeyFieldComparator],
            "use KeyFieldBasedComparator, or leave it out for the order of bytes"),
        ("mapred.output.committer.class", [], "output is committed by rename"),
    ];
}
