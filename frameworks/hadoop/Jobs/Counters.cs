namespace Agora.Hadoop.Jobs;

/// <summary>Named sums in named groups. Not safe to use from several threads.</summary>
public sealed class Counters
{
    /// <summary>Counters of a user's own a job may have; more are dropped, as Hadoop refuses them.</summary>
    public const int UserCountersMax = 120;

    private readonly SortedDictionary<string, SortedDictionary<string, long>> _groups = new(StringComparer.Ordinal);

    public int Count => _groups.Values.Sum(g => g.Count);

    public long this[string group, string name] =>
        _groups.TryGetValue(group, out var names) ? names.GetValueOrDefault(name) : 0;

    public void Add(string group, string name, long amount)
    {
        if (!_groups.TryGetValue(group, out var names))
            _groups[group] = names = new SortedDictionary<string, long>(StringComparer.Ordinal);
        names[name] = names.GetValueOrDefault(name) + amount;
    }

    public void Add(IReadOnlyDictionary<string, Dictionary<string, long>> more)
    {
        foreach (var (group, names) in more)
            foreach (var (name, amount) in names)
                Add(group, name, amount);
    }

    /// <summary>Takes back what was added for work that has to be done again.</summary>
    public void Subtract(IReadOnlyDictionary<string, Dictionary<string, long>> less)
    {
        foreach (var (group, names) in less)
            foreach (var (name, amount) in names)
                Add(group, name, -amount);
    }

    /// <summary>The form that goes over wires.</summary>
    public Dictionary<string, Dictionary<string, long>> ToDictionary() =>
        _groups.ToDictionary(g => g.Key, g => new Dictionary<string, long>(g.Value));
}

/// <summary>Names of the engine's own counters. Some end in a blank; programs that read them rely on it.</summary>
public static class CounterNames
{
    public const string Framework = "Map-Reduce Framework", Job = "Job Counters ",
        FileSystem = "FileSystemCounters", Input = "File Input Format Counters ",
        Output = "File Output Format Counters ", Scheduling = "Agora Scheduling";

    public const string MapInputRecords = "Map input records", MapInputBytes = "Map input bytes",
        MapOutputRecords = "Map output records", MapOutputBytes = "Map output bytes",
        MaterializedBytes = "Map output materialized bytes", SplitBytes = "SPLIT_RAW_BYTES",
        SpilledRecords = "Spilled Records", CombineInputRecords = "Combine input records",
        CombineOutputRecords = "Combine output records", ReduceInputGroups = "Reduce input groups",
        ReduceShuffleBytes = "Reduce shuffle bytes", ReduceInputRecords = "Reduce input records",
        ReduceOutputRecords = "Reduce output records", CpuTime = "CPU time spent (ms)";

    public const string BytesRead = "Bytes Read", BytesWritten = "Bytes Written",
        StoreBytesRead = "HDFS_BYTES_READ", StoreBytesWritten = "HDFS_BYTES_WRITTEN",
        FileBytesRead = "FILE_BYTES_READ", FileBytesWritten = "FILE_BYTES_WRITTEN";

    public const string LaunchedMaps = "Launched map tasks", LaunchedReduces = "Launched reduce tasks",
        DataLocalMaps = "Data-local map tasks", RackLocalMaps = "Rack-local map tasks",
        FailedMaps = "Failed map tasks", FailedReduces = "Failed reduce tasks",
        MapTime = "SLOTS_MILLIS_MAPS", ReduceTime = "SLOTS_MILLIS_REDUCES";

    public const string RemoteMaps = "Remote map tasks", OffersRejected = "Offers rejected for locality",
        MapsRerun = "Maps run again for lost output";

    /// <summary>The internal names that <c>hadoop job -counter</c> takes, and the displayed ones they mean.</summary>
    public static (string Group, string Name)? FromInternal(string group, string name) => (group, name) switch
    {
        ("org.apache.hadoop.mapred.Task$Counter", "MAP_INPUT_RECORDS") => (Framework, MapInputRecords),
        ("org.apache.hadoop.mapred.Task$Counter", "MAP_INPUT_BYTES") => (Framework, MapInputBytes),
        ("org.apache.hadoop.mapred.Task$Counter", "MAP_OUTPUT_RECORDS") => (Framework, MapOutputRecords),
        ("org.apache.hadoop.mapred.Task$Counter", "MAP_OUTPUT_BYTES") => (Framework, MapOutputBytes),
        ("org.apache.hadoop.mapred.Task$Counter", "MAP_OUTPUT_MATERIALIZED_BYTES") => (Framework, MaterializedBytes),
        ("org.apache.hadoop.mapred.Task$Counter", "SPLIT_RAW_BYTES") => (Framework, SplitBytes),
        ("org.apache.hadoop.mapred.Task$Counter", "SPILLED_RECORDS") => (Framework, SpilledRecords),
        ("org.apache.hadoop.mapred.Task$Counter", "COMBINE_INPUT_RECORDS") => (Framework, CombineInputRecords),
        ("org.apache.hadoop.mapred.Task$Counter", "COMBINE_OUTPUT_RECORDS") => (Framework, CombineOutputRecords),
        ("org.apache.hadoop.mapred.Task$Counter", "REDUCE_INPUT_GROUPS") => (Framework, ReduceInputGroups),
        ("org.apache.hadoop.mapred.Task$Counter", "REDUCE_SHUFFLE_BYTES") => (Framework, ReduceShuffleBytes),
        ("org.apache.hadoop.mapred.Task$Counter", "REDUCE_INPUT_RECORDS") => (Framework, ReduceInputRecords),
        ("org.apache.hadoop.mapred.Task$Counter", "REDUCE_OUTPUT_RECORDS") => (Framework, ReduceOutputRecords),
        ("org.apache.hadoop.mapred.JobInProgress$Counter", "TOTAL_LAUNCHED_MAPS") => (Job, LaunchedMaps),
        ("org.apache.hadoop.mapred.JobInProgress$Counter", "TOTAL_LAUNCHED_REDUCES") => (Job, LaunchedReduces),
        ("org.apache.hadoop.mapred.JobInProgress$Counter", "DATA_LOCAL_MAPS") => (Job, DataLocalMaps),
        ("org.apache.hadoop.mapred.JobInProgress$Counter", "RACK_LOCAL_MAPS") => (Job, RackLocalMaps),
        ("org.apache.hadoop.mapred.JobInProgress$Counter", "NUM_FAILED_MAPS") => (Job, FailedMaps),
        ("org.apache.hadoop.mapred.JobInProgress$Counter", "NUM_FAILED_REDUCES") => (Job, FailedReduces),
        _ => null,
    };
}
