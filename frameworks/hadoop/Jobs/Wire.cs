using System.Text.Json.Serialization;

namespace Agora.Hadoop.Jobs;

/// <summary>What goes between the command, the JobTracker and the TaskTrackers, as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobSubmission))]
[JsonSerializable(typeof(JobAccepted))]
[JsonSerializable(typeof(JobRefusal))]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(JobStatus[]))]
[JsonSerializable(typeof(TaskAssignment))]
[JsonSerializable(typeof(AttemptReport))]
[JsonSerializable(typeof(TrackerOrder))]
[JsonSerializable(typeof(TrackerProgress))]
[JsonSerializable(typeof(JobTasks))]
[JsonSerializable(typeof(TrackerStatus[]))]
[JsonSerializable(typeof(JobTrackerRecord))]
public sealed partial class JobsJson : JsonSerializerContext;

/// <summary>A file for the tasks' working directories.</summary>
/// <param name="Path">Where the submitting command has put it, with the store's prefix.</param>
/// <param name="Name">What it is called in the working directory.</param>
/// <param name="Unpack">It is an archive, and a directory of that name holds what is in it, and the archive.</param>
public sealed record ShippedFile(string Path, string Name, bool Unpack = false);

/// <param name="Conf">The properties that were set; what is not there has its default.</param>
public sealed record JobSubmission(string User, Dictionary<string, string> Conf, IReadOnlyList<ShippedFile> Files);

/// <param name="InputPaths">Files to be read.</param>
public sealed record JobAccepted(string JobId, int InputPaths, int Maps);

public enum RefusalKind
{
    OutputExists,
    InputMissing,

    /// <summary>The submission itself is wrong or asks for something that is not supported.</summary>
    Invalid,

    /// <summary>The store could not be read, or the JobTracker has no room.</summary>
    Failed,
}

public sealed record JobRefusal(RefusalKind Kind, string Message);

/// <summary>Numbered as <c>hadoop job -list</c> shows them.</summary>
public enum JobState
{
    Running = 1,
    Succeeded = 2,
    Failed = 3,
    Prep = 4,
    Killed = 5,
}

/// <param name="Version">Grows with every change, so that a reader can wait for the next one.</param>
/// <param name="MapProgress">0 to 1.</param>
/// <param name="FailureInfo">Set for a failed job.</param>
/// <param name="FailureLog">The last lines of the failed attempt's log, where there is one.</param>
public sealed record JobStatus(
    string JobId, JobState State, long Version, string User, string Name, string Priority, long StartTimeMs,
    double MapProgress, double ReduceProgress, int Maps, int Reduces, string? FailureInfo, string? FailureLog,
    Dictionary<string, Dictionary<string, long>> Counters);

/// <summary>All attempts of a job, maps before reduces, by task and number.</summary>
public sealed record JobTasks(string JobId, IReadOnlyList<AttemptStatus> Attempts);

public enum AttemptState
{
    Running,
    Succeeded,
    Failed,
    Killed,
}

/// <param name="Committing">It has succeeded and its files are being moved into place.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Status">What its program says of itself.</param>
/// <param name="Locality"><c>node</c>, <c>rack</c> or <c>any</c>, for a map whose data has a place.</param>
/// <param name="LogUrl">Directory of its logs (<c>stderr</c>), served by its agent.</param>
public sealed record AttemptStatus(
    string Attempt, AttemptState State, bool Committing, double Progress, string? Status, string Hostname, string? Locality,
    long StartTimeMs, long? FinishTimeMs, string Message, string LogUrl,
    Dictionary<string, Dictionary<string, long>>? Counters);

/// <summary>A node on which attempts run or ran.</summary>
public sealed record TrackerStatus(string Hostname, string Address, int Running);

/// <summary>The part of a file that one map reads.</summary>
/// <param name="Path">With the store's prefix.</param>
/// <param name="Hosts">Hostnames that hold it, nearest to complete first; empty where every host is as good.</param>
/// <param name="Order">Its place in the order of the input, which is not that of the map numbers.</param>
public sealed record InputSplit(string Path, long Offset, long Length, IReadOnlyList<string> Hosts, int Order);

/// <summary>What a TaskTracker is told with a launch: the data of the cluster's task.</summary>
/// <param name="Split">Set for a map.</param>
/// <param name="MapOutputs">Set for a reduce.</param>
public sealed record TaskAssignment(
    string Attempt, JobSubmission Job, int Maps, int Reduces, InputSplit? Split, MapOutputs? MapOutputs);

/// <summary>Where a reduce finds its input.</summary>
/// <param name="Locations">URLs of directories of map outputs.</param>
/// <param name="List">One output of each map, in the order of the input.</param>
public sealed record MapOutputs(IReadOnlyList<string> Locations, IReadOnlyList<MapOutput> List);

/// <param name="Location">Index into <see cref="MapOutputs.Locations"/>.</param>
public sealed record MapOutput(int Location, string Attempt);

/// <summary>What a TaskTracker says about an attempt that has ended.</summary>
/// <param name="MapOutputLocation">URL of the directory that holds the attempt's map output.</param>
/// <param name="LostMapOutputs">Attempts whose output could not be fetched; the reduce is not to blame.</param>
/// <param name="LogTail">The last lines of what the program wrote to standard error.</param>
public sealed record AttemptReport(
    Dictionary<string, Dictionary<string, long>>? Counters = null, string? MapOutputLocation = null,
    IReadOnlyList<string>? LostMapOutputs = null, string? LogTail = null);

/// <summary>What the JobTracker tells a TaskTracker outside of launches.</summary>
/// <param name="ForgetJob">The job has ended: its files may go.</param>
public sealed record TrackerOrder(string ForgetJob);

/// <summary>What a TaskTracker tells now and then about what it runs.</summary>
public sealed record TrackerProgress(IReadOnlyList<AttemptProgress> Attempts);

/// <param name="Fraction">0 to 1.</param>
public sealed record AttemptProgress(string Attempt, double Fraction, string? Status);
