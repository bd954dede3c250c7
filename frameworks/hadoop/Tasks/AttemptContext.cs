using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Programs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks;

/// <summary>What the parts of one running attempt share.</summary>
internal sealed class AttemptContext(
    AttemptId id, TaskAssignment assignment, Node node, Stores stores, string directory, ErrorOutput errors,
    AttemptProgressSink progress, CancellationToken stop)
{
    public AttemptId Id { get; } = id;
    public TaskAssignment Assignment { get; } = assignment;
    public JobConf Conf { get; } = new(assignment.Job.Conf);
    public Stores Stores { get; } = stores;
    public Node Node { get; } = node;

    /// <summary>For spills; goes with the attempt.</summary>
    public string Directory { get; } = directory;

    /// <summary>The program's working directory, which holds the shipped files.</summary>
    public string WorkDirectory { get; } = Path.Combine(directory, "work");
    public ErrorOutput Errors { get; } = errors;
    public AttemptProgressSink Progress { get; } = progress;
    public CancellationToken Stop { get; } = stop;
    public Counters Counters { get; } = new();

    /// <summary>Of a map's input records. A class passes on what it gets.</summary>
    public RecordForm InputForm => Conf.Command(JobConf.MapCommand) is null ? MapOutputForm : RecordForms.Of(Conf, RecordForms.MapInput);

    public RecordForm MapOutputForm => RecordForms.Of(Conf, RecordForms.MapOutput);

    /// <summary>Of the records that the output format gets.</summary>
    public RecordForm OutputForm =>
        Assignment.Reduces == 0 || (Conf.Command(JobConf.ReduceCommand) is null && !MapOutputForm.IsText())
            ? MapOutputForm : RecordForms.Of(Conf, RecordForms.ReduceOutput);

    /// <summary>What a program of this attempt finds in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        AttemptEnvironment.Build(Node, Conf, Id, Assignment, Directory);

    public KeyOrder KeyOrder => StreamingClasses.Means(Conf[JobConf.KeyComparator], StreamingClasses.KeyFieldComparator)
        ? new KeyOrder(new KeyFields(Conf.Text(JobConf.KeyComparatorOptions), KeyFieldSeparator))
        : KeyOrder.Bytes;

    public KeyPartitioner KeyPartitioner => new(
        StreamingClasses.Means(Conf[JobConf.Partitioner], StreamingClasses.KeyFieldPartitioner)
            ? new KeyFields(Conf.Text(JobConf.PartitionerOptions), KeyFieldSeparator) : null,
        Assignment.Reduces);

    private string KeyFieldSeparator => Conf[JobConf.KeyFieldSeparator] ?? "\t";
}

/// <summary>The attempt failed for a reason of the user's program; the message is all there is to say.</summary>
internal sealed class AttemptFailedException(string message, Exception? inner = null) : Exception(message, inner);
