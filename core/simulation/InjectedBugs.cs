using Agora.Cluster;

namespace Agora.Simulation;

/// <summary>One mistake.</summary>
/// <param name="Faults">Those under which it shows soonest, as <see cref="Fault.Parse"/> reads them.</param>
public sealed record InjectedBug(string What, string Faults, Func<Edges> Make);

/// <summary>
/// Mistakes that a cluster manager might make, made at the edges of the machines, so that a test can show that the checks find
/// each of them. A new one: a class here that overrides what it falsifies, and a line in <see cref="All"/>.
/// </summary>
public static class InjectedBugs
{
    public static IReadOnlyDictionary<string, InjectedBug> All { get; } =
        new SortedDictionary<string, InjectedBug>(StringComparer.Ordinal)
        {
            ["clock-set"] = new("processes go by the clock on the wall, which is set forward and back", "clock-jump", () => new WallClocks()),
            ["ends-swallowed"] = new("some ends of tasks are acknowledged and never told to the scheduler", "none", () => new SwallowedEnds()),
            ["epoch-kept"] = new("the next leader has the former's epoch, and so gives the same ids", "master-kill", () => new KeptEpoch()),
            ["executor-forgets"] = new("executors tell an agent that comes back nothing of what it has missed", "agent-kill", () => new ForgetfulExecutors()),
            ["launches-repeated"] = new("an agent that comes back is sent its last launch again", "agent-kill", () => new RepeatedLaunches()),
            ["offers-doubled"] = new("what is offered to one framework is offered to it once more", "none", () => new DoubledOffers()),
            ["old-epoch-obeyed"] = new("agents and schedulers do not see that a leader is an older one", "two-masters", () => new HiddenEpochs()),
            ["reboot-unnoticed"] = new("an agent takes what its lost machine ran to be still running", "agent-reboot", () => new UnnoticedReboot()),
            ["records-cut"] = new("of what an agent has written down the last record is missing", "agent-kill", () => new CutRecords()),
            ["records-late"] = new("an agent acts first and writes down after", "agent-kill", () => new LateRecords()),
            ["retries-dropped"] = new("an update is sent once, and never again", "messages", () => new DroppedRetries()),
            ["sequences-restart"] = new("an agent that comes back counts its updates from one again", "agent-kill", () => new RestartedSequences()),
            ["tasks-untold"] = new("an agent that registers leaves out a task", "master-kill", () => new UntoldTasks()),
            ["updates-overtaken"] = new("updates of a task reach its scheduler in another order", "none", () => new OvertakenUpdates()),
        };

    private sealed class WallClocks : Edges
    {
        public override bool ClocksAreSteady => false;
    }

    private sealed class KeptEpoch : Edges
    {
        public override long EpochAfter(long last) => 1;
    }

    private sealed class HiddenEpochs : Edges
    {
        public override IEnumerable<AgentCommand> ToAgent(SimAgent agent, AgentCommand command) =>
            [command is AgentCommand.Registered r ? r with { Epoch = 1 } : command];

        public override IEnumerable<SchedulerEvent> ToSession(SimScheduler scheduler, SchedulerEvent e) =>
            [e is SchedulerEvent.Subscribed s ? s with { Epoch = 1 } : e];
    }

    private sealed class LateRecords : Edges
    {
        public override IEnumerable<AgentEffect> FromAgent(IReadOnlyList<AgentEffect> effects) =>
            effects.OrderBy(e => e is AgentEffect.Write);
    }

    private sealed class CutRecords : Edges
    {
        public override IReadOnlyList<AgentRecord> Read(IReadOnlyList<AgentRecord> records) => [.. records.SkipLast(1)];
    }

    private sealed class RestartedSequences : Edges
    {
        public override IReadOnlyList<AgentRecord> Read(IReadOnlyList<AgentRecord> records) =>
            [.. records.Select(r => r is AgentRecord.TaskChanged changed ? changed with { LastSequence = 0 } : r)];
    }

    private sealed class UnnoticedReboot : Edges
    {
        public override IReadOnlyList<ContainerId> Lost(IReadOnlyList<ContainerId> lost) => [];
    }

    private sealed class ForgetfulExecutors : Edges
    {
        public override ExecutorCall.Subscribe FromExecutor(ExecutorCall.Subscribe subscribe) => subscribe with { Unacknowledged = [] };
    }

    private sealed class DroppedRetries : Edges
    {
        private readonly HashSet<(FrameworkId, TaskId, long)> _sent = [];

        public override IEnumerable<AgentCall> ToMaster(SimAgent agent, AgentCall call) =>
            call is AgentCall.Update(var framework, { Sequence: > 0 } status, _) && !_sent.Add((framework, status.TaskId, status.Sequence)) ? [] : [call];
    }

    private sealed class UntoldTasks : Edges
    {
        public override IEnumerable<AgentCall> ToMaster(SimAgent agent, AgentCall call) =>
            [call is AgentCall.Register { Tasks.Count: > 0 } register ? register with { Tasks = [.. register.Tasks.Skip(1)] } : call];
    }

    private sealed class RepeatedLaunches : Edges
    {
        private readonly Dictionary<SimAgent, AgentCommand.RunTasks> _last = [];

        public override IEnumerable<AgentCommand> ToAgent(SimAgent agent, AgentCommand command)
        {
            if (command is AgentCommand.RunTasks run)
                _last[agent] = run;
            return command is AgentCommand.Registered && _last.TryGetValue(agent, out var last) ? [command, last] : [command];
        }
    }

    private sealed class DoubledOffers : Edges
    {
        private OfferId? _seen;

        public override IEnumerable<MasterEffect> FromMaster(IReadOnlyList<MasterEffect> effects)
        {
            foreach (var effect in effects)
            {
                yield return effect;
                // Now and then, as such a mistake would come.
                if (effect is MasterEffect.ToScheduler(_, SchedulerEvent.Offers(var offers)) && offers[0].Id.Number % 50 == 0 && offers[0].Id != _seen)
                {
                    _seen = offers[0].Id;
                    yield return effect;
                }
            }
        }
    }

    private sealed class SwallowedEnds : Edges
    {
        private int _ends;

        public override IEnumerable<SchedulerEvent> ToScheduler(SchedulerEvent e) =>
            e is SchedulerEvent.Update({ Sequence: > 0 } status) && status.State.IsTerminal() && ++_ends % 20 == 0 ? [] : [e];
    }

    private sealed class OvertakenUpdates : Edges
    {
        private readonly Dictionary<TaskId, SchedulerEvent> _held = [];
        private int _updates;

        public override IEnumerable<SchedulerEvent> ToScheduler(SchedulerEvent e)
        {
            if (e is not SchedulerEvent.Update({ Sequence: > 0 } status))
                return [e];
            if (_held.Remove(status.TaskId, out var held))
                return [e, held];
            if (status.State.IsTerminal() || ++_updates % 20 != 0)
                return [e];
            _held.Add(status.TaskId, e);
            return [];
        }
    }
}
