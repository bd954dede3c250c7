using System.Text;
using Agora.Simulation;
using Agora.Spark;
using Agora.Spark.Scheduling;
using Report = Agora.Spark.TaskReport;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>
/// An executor in virtual time. A task reads the block it wants if it is kept here or at a place it was told of; else it
/// reads all outputs of the stages before, from where it was told they are.
/// </summary>
internal sealed class SparkWorldExecutor : ISimExecutor
{
    private const int BlocksMax = 6;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly SparkWorld _world;
    private readonly SimContainer _container;
    private readonly HashSet<TaskId> _live = [];
    private readonly List<BlockId> _blocks = [];
    private readonly List<BlockChange> _changes = [];
    private DateTimeOffset _busyAt;

    public SparkWorldExecutor(SparkWorld world, SimContainer container)
    {
        (_world, _container, _busyAt) = (world, container, world.Now);
        world.Executors[AgentName] = this;
    }

    public SimContainer Container => _container;

    private string AgentName => _container.Agent.Machine!.Info.Id!.Value.Value;

    public void Launch(TaskSpec task)
    {
        _live.Add(task.Id);
        if (_world.Dice.Chance(0.5))
            _world.World.Events.After(Step, () => _container.Report(task.Id, TaskState.Running));
        var duration = _world.Dice.Normal(_world.MeanDuration, _world.MeanDuration / 3, Step * 2);
        // Now and then one of them hangs about.
        _world.World.Events.After(_world.Dice.Chance(0.03) ? duration * 10 : duration, () => End(task));
    }

    public void Kill(TaskId task) => _world.World.Events.After(Step, () => Say(task, TaskState.Killed, new Report.Killed()));

    private void End(TaskSpec task)
    {
        if (!_container.IsAlive || !_live.Contains(task.Id))
            return;
        var words = Encoding.UTF8.GetString(task.Data.Span).Split(' ').Select(int.Parse).ToArray();
        var binary = _world.BinaryOf(words[0], words[1]);
        if (_world.Dice.Chance(_world.FailChance))
            Say(task.Id, TaskState.Failed, new Report.Failed(new TaskError("Chance", "it broke", [], null), false));
        else if (Missing(binary, words[2]) is { } missing)
            Say(task.Id, TaskState.Failed, missing);
        else
            Say(task.Id, TaskState.Finished, Made(task, binary, words[2]));
    }

    private Report.FetchFailed? Missing(SparkWorld.Binary binary, int partition)
    {
        foreach (var block in binary.Stage.CachedInputsOf(partition))
        {
            if (_blocks.Contains(block))
                return null;
            if (binary.Cached.TryGetValue(block, out var agents) && agents.Any(a =>
                _world.Executors.TryGetValue(a, out var other) && other._container.IsAlive && other._blocks.Contains(block)))
                return null;
        }
        foreach (var parent in binary.Stage.Parents)
        {
            var shuffle = parent.Stage.ShuffleId!.Value;
            if (!binary.Outputs.TryGetValue(shuffle, out var outputs))
                return new Report.FetchFailed(shuffle, 0, "", "it was not told of any output");
            for (var i = 0; i < outputs.Count; i++)
                if (!_world.Files.Contains(outputs[i].Location) || _world.Dice.Chance(_world.FetchFailChance / outputs.Count))
                    return new Report.FetchFailed(shuffle, i, outputs[i].Location, "no such file");
        }
        return null;
    }

    private Report.Succeeded Made(TaskSpec task, SparkWorld.Binary binary, int partition)
    {
        foreach (var block in binary.Stage.CachedInputsOf(partition))
            Keep(block);
        if (binary.Stage.ShuffleId is null)
            return new Report.Succeeded(Encoding.UTF8.GetBytes($"{binary.Stage.Id}/{partition}"), null);
        var location = $"{_container.Agent.Host}/{task.Id}";
        _world.Files.Add(location);
        return new Report.Succeeded(default, new MapOutput(location, [0, 10]));
    }

    private void Keep(BlockId block)
    {
        if (_blocks.Contains(block))
            return;
        if (_blocks.Count == BlocksMax)
        {
            _changes.Add(new BlockChange(_blocks[0], 0, false, false));
            _blocks.RemoveAt(0);
        }
        _blocks.Add(block);
        _changes.Add(new BlockChange(block, 10, true, true));
    }

    private void Say(TaskId task, TaskState state, Report report)
    {
        if (!_container.IsAlive || !_live.Remove(task))
            return;
        BlockChange[] changes = [.. _changes];
        _changes.Clear();
        _container.Report(task, state, TaskReportForm.Write(report with { Blocks = changes }));
        _busyAt = _world.Now;
        if (_world.IdleEnd is not { } idle)
            return;
        _world.World.Events.After(idle, () =>
        {
            if (_live.Count == 0 && _world.Now - _busyAt >= idle)
                _container.End(0);
        });
    }
}
