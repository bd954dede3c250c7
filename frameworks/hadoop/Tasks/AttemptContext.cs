using Agora.Hadoop.Jobs;
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
    public string Directory { get; } = directory;
    public ErrorOutput Errors { get; } = errors;
    public AttemptProgressSink Progress { get; } = progress;
    public CancellationToken Stop { get; } = stop;
    public Counters Counters { get; } = new();

    public KeyOrder KeyOrder => StreamingClasses.Means(Conf[JobConf.KeyComparator], StreamingClasses.KeyFieldComparator)
        ? new KeyOrder(new KeyFields(Conf.Text(JobConf.KeyComparatorOptions), KeyFieldSeparator))
        : KeyOrder.Bytes;

    public KeyPartitioner KeyPartitioner => new(
        StreamingClasses.Means(Conf[JobConf.Partitioner], StreamingClasses.KeyFieldPartitioner)
            ? new KeyFields(Conf.Text(JobConf.PartitionerOptions), KeyFieldSeparator) : null,
        Assignment.Reduces);

    public KeyValueSplit MapOutputSplit => SplitFor("map");
    public KeyValueSplit ReduceOutputSplit => SplitFor("reduce");

    private string KeyFieldSeparator => Conf[JobConf.KeyFieldSeparator] ?? "\t";

    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    public void RunProgram(string command, Action<Stream> feed, StreamingProgram.LineHandler output)
    {
        var program = new StreamingProgram(CommandLineSplit.Words(command), Path.Combine(Directory, "work"),
            AttemptEnvironment.Build(node, Conf, Id, Assignment, Directory));
        var code = program.Run(feed, output, Errors.ReadAll, Stop);
        if (code == 0 || !Conf.Bool(JobConf.NonZeroExitIsFailure))
            return;
        var message = $"PipeMapRed.waitOutputThreads(): subprocess failed with code {code}";
        Errors.Log($"java.lang.RuntimeException: {message}");
        throw new AttemptFailedException(message);
    }

    /// <summary>Writes this attempt's part of the job's output, to be moved into place when it is committed.</summary>
    public void WritePart(Action<Stream> write)
    {
        var output = Stores.Find(Conf.Text(JobConf.OutputPath));
        var path = $"{OutputPaths.OfAttempt(output.Path, Id)}/{OutputPaths.PartName(Id.Task.Index)}";
        output.Store.CreateAsync(path, new CreateOptions(Overwrite: true), (stream, _) => Task.Factory.StartNew(() =>
        {
            using var buffered = new TextOutput(stream);
            write(buffered);
            buffered.Flush();
            Counters.Add(CounterNames.Output, CounterNames.BytesWritten, buffered.Written);
            Counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesWritten, buffered.Written);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default), Stop)
            .GetAwaiter().GetResult();
    }

    private KeyValueSplit SplitFor(string side) => new(
        Conf[$"stream.{side}.output.field.separator"] ?? "\t",
        int.Parse(Conf[side == "map" ? "stream.num.map.output.key.fields" : "stream.num.reduce.output.key.fields"] ?? "1"));
}

/// <summary>The attempt failed for a reason of the user's program; the message is all there is to say.</summary>
internal sealed class AttemptFailedException(string message) : Exception(message);
