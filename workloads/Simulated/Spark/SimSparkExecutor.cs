using Agora.Simulation;
using Agora.Spark;
using TaskEnd = Agora.Spark.TaskReport;

namespace Agora.Workloads.Simulated.Spark;

/// <summary>An executor in virtual time: its first tasks wait until it has what all of them read, and it keeps datasets.</summary>
internal sealed class SimSparkExecutor(World world, SparkInstance application, SimContainer container, TimeSpan load) : ISimExecutor
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(3);

    private readonly HashSet<BlockId> _blocks = [];
    private DateTimeOffset? _loaded;

    public void Launch(TaskSpec task)
    {
        _loaded ??= world.Events.Now + load;
        world.Events.After(Step, () => container.Report(task.Id, TaskState.Running));
        var (time, partition) = application.TimeOf(task);
        BlockId? block = time.Kept is { } rdd ? new BlockId(rdd, partition) : null;
        var isKept = block is { } kept && _blocks.Contains(kept);
        if (block is not null)
            application.Met(isKept);
        var length = isKept ? time.Again : time.Fresh;
        var begin = _loaded > world.Events.Now ? _loaded.Value : world.Events.Now;
        world.Events.At(begin + Step + length, () => End(task.Id, block));
    }

    public void Kill(TaskId task) => world.Events.After(Step, () => container.Report(task, TaskState.Killed,
        Agora.Spark.Scheduling.TaskReportForm.Write(new TaskEnd.Killed())));

    private void End(TaskId task, BlockId? block)
    {
        BlockChange[] changes = block is { } made && _blocks.Add(made) ? [new BlockChange(made, 1, InMemory: true, IsKept: true)] : [];
        container.Report(task, TaskState.Finished,
            Agora.Spark.Scheduling.TaskReportForm.Write(new TaskEnd.Succeeded(default, null) { Blocks = changes }));
    }
}
