using Agora.Sdk;

namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    /// <summary>Beyond the levels of <see cref="TaskLocality"/>: second attempts at slow tasks.</summary>
    private const int SpeculativeLevel = (int)TaskLocality.Any + 1;

    /// <summary>Offers whose use is about to be known better are let go by for that long.</summary>
    private static readonly TimeSpan SoonRefusal = TimeSpan.FromSeconds(1);

    private readonly List<Slot> _slots = [];
    private readonly List<StageRun> _inTurn = [];
    private long _offersReceived, _offersRejected, _offersFar, _tasksLaunched;

    /// <summary>An offer while it is being filled.</summary>
    private sealed class Slot(Offer offer, AgentEntry agent, long room)
    {
        public Offer Offer => offer;
        public AgentEntry Agent => agent;

        /// <summary>Tasks for which there is room left.</summary>
        public long Room { get; set; } = room;
        public List<TaskSpec> Tasks { get; } = [];

        /// <summary>Why there is no room, though the offer holds something; null if there is some.</summary>
        public string? WhyNot { get; init; }
        public TimeSpan? Refuse { get; init; }
    }

    private void Offered(DateTimeOffset now, IReadOnlyList<Offer> offers, ICollection<SchedulerCall> calls)
    {
        foreach (var offer in offers)
            _slots.Add(SlotOf(now, offer));
        _offersReceived += offers.Count;
        foreach (var stage in _running)
        {
            if (!stage.HasWork)
                continue;
            stage.Cursor.Reset(_slots.Count);
            _inTurn.Add(stage);
        }
        _inTurn.Sort(_order);
        while (_inTurn.Count > 0 && MayHoldMore)
        {
            if (!PlaceOne(now, _inTurn[0]))
                _inTurn.RemoveAt(0);
            else if (_options.Scheduling == SchedulingMode.Fair)
                _inTurn.Sort(_order);
        }
        _inTurn.Clear();
        foreach (var slot in _slots)
            Answer(now, slot, calls);
        _slots.Clear();
    }

    private bool MayHoldMore => _options.MilliCpusMax is not { } most || (_holding + 1) * _options.TaskMilliCpus <= most;

    private Slot SlotOf(DateTimeOffset now, Offer offer)
    {
        var agent = Learn(offer);
        var has = offer.Executors.Contains(_options.Executor.Id);
        // What is told of an executor's tasks comes after offers that were made before its launch.
        if (!has && agent.Executor is { } executor && (executor.IsConfirmed || executor.Live.Count == 0))
            Forget(now, executor);
        if (agent.PausedUntil > now)
        {
            return new Slot(offer, agent, 0)
            {
                WhyNot = $"the last executor on {agent.Hostname} could not start; it is tried again later",
                Refuse = agent.PausedUntil - now,
            };
        }
        var room = has ? offer.Resources.ScalarsDividedBy(_taskSize)
            : offer.Resources.Contains(_firstTaskSize)
                ? (offer.Resources - _options.Executor.Resources).ScalarsDividedBy(_taskSize) : 0;
        if (room > 0)
            return new Slot(offer, agent, room);
        return new Slot(offer, agent, 0)
        {
            WhyNot = $"too small: a task needs {_taskSize}" + (has ? "" : $" and an executor {_options.Executor.Resources}") +
                $", {(offer.Resources.IsEmpty ? "nothing" : offer.Resources)} is left",
            Refuse = !has && agent.Executor is not null ? SoonRefusal : null,
        };
    }

    private AgentEntry Learn(Offer offer)
    {
        if (_agents.TryGetValue(offer.AgentId, out var agent))
            return agent;
        agent = new AgentEntry(offer.AgentId, offer.Hostname)
        {
            Address = $"{offer.Address}:{offer.FilePort}",
            Rack = offer.Attributes["rack"],
        };
        _agents.Add(offer.AgentId, agent);
        _agentsOnHost[agent.Hostname] = _agentsOnHost.GetValueOrDefault(agent.Hostname) + 1;
        if (agent.Rack is { } rack)
        {
            if (!_hostsInRack.TryGetValue(rack, out var hosts))
                _hostsInRack[rack] = hosts = new HashSet<string>(StringComparer.Ordinal);
            hosts.Add(agent.Hostname);
        }
        return agent;
    }

    /// <summary>Launches the stage's next task on the nearest offer that takes it.</summary>
    private bool PlaceOne(DateTimeOffset now, StageRun stage)
    {
        var cursor = stage.Cursor;
        for (; cursor.Level <= SpeculativeLevel; cursor.Reset(_slots.Count, cursor.Level + 1))
        {
            while (HasAtLevel(stage, cursor.Level) && cursor.Next is { } index)
            {
                var slot = _slots[index];
                if (slot.Room > 0 && Find(now, stage, slot.Agent, cursor.Level) is { } partition)
                {
                    cursor.Took();
                    Launch(now, stage, partition, slot, cursor.Level);
                    return true;
                }
                cursor.Skip();
            }
        }
        return false;
    }

    private static bool HasAtLevel(StageRun stage, int level) => level switch
    {
        SpeculativeLevel => stage.Slow.Count > 0,
        (int)TaskLocality.NoPreference => stage.Pending.Count > 0,
        _ => stage.Pending.HasTied,
    };

    private int? Find(DateTimeOffset now, StageRun stage, AgentEntry agent, int level)
    {
        var (pending, host) = (stage.Pending, agent.Hostname);
        if (level == SpeculativeLevel)
            return FindSlowFor(stage, host);
        if (level == (int)TaskLocality.Process)
            return pending.OnAgent(agent.Id, host, now);
        if (level == (int)TaskLocality.NoPreference)
            return pending.Untied(host, now);
        var allowed = stage.Delay.Allowed(now, agent.Id.Value);
        if (level == (int)TaskLocality.Node)
            return allowed >= Locality.Node ? pending.OnHost(host, host, now) : null;
        if (level == (int)TaskLocality.Any)
            return allowed == Locality.Any ? pending.Anywhere(host, now) : null;
        if (allowed < Locality.Rack || agent.Rack is not { } rack)
            return null;
        foreach (var near in _hostsInRack[rack])
            if (pending.OnHost(near, host, now) is { } partition)
                return partition;
        return null;
    }

    private void Launch(DateTimeOffset now, StageRun stage, int partition, Slot slot, int level)
    {
        var isSecond = level == SpeculativeLevel;
        var agent = slot.Agent;
        var locality = isSecond ? LocalityOf(stage, partition, agent) : (TaskLocality)level;
        var executor = agent.Executor ??= new ExecutorRun(agent);
        ref var run = ref stage[partition];
        var number = run.Attempts++;
        run.Live++;
        var id = new TaskId($"{_launches++}-stage{stage.Spec.Id}.{stage.Attempt}-{partition}.{number}");
        var attempt = new TaskAttempt(id, stage, stage.Attempt, partition, executor, now);
        _attempts.Add(id, attempt);
        executor.Live.Add(attempt);
        stage.Live.Add(attempt);
        if (stage.Pool is { } pool)
            pool.Running++;
        _holding++;
        _tasksLaunched++;
        stage.Launched[(int)locality]++;
        slot.Room--;
        if (isSecond)
        {
            stage.Slow.Remove(partition);
            stage.Speculative++;
        }
        else
        {
            stage.Pending.Remove(partition);
            if (locality != TaskLocality.NoPreference)
                stage.Delay.Launched(now, LevelOf(locality));
            if (locality <= TaskLocality.Node)
                stage.WaitsSince = null;
            if (stage.Pending.Count == 0)
                _hintsStale = true;
        }
        slot.Tasks.Add(new TaskSpec(id, stage.Spec.Name, agent.Id, _taskSize, Executor: _options.Executor,
            Data: _source.DataOf(stage.Spec, stage.Attempt, partition, number), Labels: LabelsOf(stage, locality)));
    }

    private static Locality LevelOf(TaskLocality locality) => locality switch
    {
        TaskLocality.Process => Locality.Process,
        TaskLocality.Node => Locality.Node,
        TaskLocality.Rack => Locality.Rack,
        TaskLocality.NoPreference or TaskLocality.Any => Locality.Any,
    };

    private static IReadOnlyDictionary<string, string> LabelsOf(StageRun stage, TaskLocality locality) =>
        stage.Labels[(int)locality] ??= new Dictionary<string, string>
        {
            ["job"] = $"{stage.First.Spec.Id}",
            ["stage"] = $"{stage.Spec.Id}.{stage.Attempt}",
            ["locality"] = locality.ToString(),
        };

    private void Answer(DateTimeOffset now, Slot slot, ICollection<SchedulerCall> calls)
    {
        var refuse = slot.Refuse ?? _options.IdleRefusal;
        var reason = slot.WhyNot;
        var (isWanted, isFar) = (slot.WhyNot is not null && _running.Exists(s => s.HasWork), false);
        if (slot.Room > 0)
        {
            if (MayHoldMore)
                (reason, refuse, isWanted, isFar) = TurnDown(now, slot.Agent, refuse);
            else
                (reason, refuse, isWanted) = (CoresReached, FrameworkFilters.DefaultRefusal, true);
        }
        if (slot.Tasks.Count > 0)
        {
            calls.Add(new SchedulerCall.Accept([slot.Offer.Id], slot.Tasks, refuse));
            return;
        }
        _offersRejected += isWanted ? 1 : 0;
        _offersFar += isFar ? 1 : 0;
        calls.Add(new SchedulerCall.Decline([slot.Offer.Id], reason ?? "no stage has a task to start", refuse));
    }

    private string CoresReached =>
        $"the application runs {_holding} tasks, which is all that its bound of {_options.MilliCpusMax / 1000m:0.###} processors allows";

    /// <summary>There is room left: why the stages that have tasks leave it, and when the first of them would take it.</summary>
    private (string? Reason, TimeSpan Refuse, bool IsWanted, bool IsFar) TurnDown(
        DateTimeOffset now, AgentEntry agent, TimeSpan refuse)
    {
        string? reason = null;
        var (isWanted, isFar) = (false, false);
        foreach (var stage in _running)
        {
            if (!stage.HasWork)
                continue;
            isWanted = true;
            var refusal = refuse;
            if (stage.Pending.AvoidedUntil(agent.Hostname, now) is { } until)
            {
                refusal = until - now;
                reason ??= $"waiting tasks of {Named(stage)} have just failed on {agent.Hostname}";
            }
            if (stage.Pending.HasTied && stage.Delay.Allowed(now, agent.Id.Value) is var allowed && allowed < Locality.Any)
            {
                if (!isFar)
                    reason = FarReason(now, stage, agent, allowed);
                isFar = true;
                var opens = stage.Delay.Refusal(now, agent.Id.Value);
                refusal = opens < refusal ? opens : refusal;
            }
            reason ??= $"{Named(stage)} wants second attempts, but on other hosts than {agent.Hostname}";
            refuse = refusal < refuse ? refusal : refuse;
        }
        if (refuse < _options.ShortestRefusal)
            refuse = _options.ShortestRefusal;
        foreach (var stage in _running)
        {
            if (!stage.HasWork || !stage.Pending.HasTied || stage.Delay.Allowed(now, agent.Id.Value) == Locality.Any)
                continue;
            stage.WaitsSince ??= now;
            stage.Delay.TurnedDown(now, agent.Id.Value, refuse);
        }
        return (reason, refuse, isWanted, isFar);
    }

    private static string FarReason(DateTimeOffset now, StageRun stage, AgentEntry agent, Locality allowed)
    {
        const int NamesMax = 3;
        var names = stage.Pending.Hosts.Take(NamesMax);
        var more = stage.Pending.Hosts.Count - NamesMax;
        var what = allowed == Locality.Process ? $"the executor on {agent.Hostname} keeps no block that {Named(stage)} waits for"
            : allowed == Locality.Node ? $"no input of {Named(stage)} on {agent.Hostname}"
            : $"no input of {Named(stage)} on {agent.Hostname} or in its rack";
        var waited = now - (stage.WaitsSince ?? now);
        return $"{what}; waiting, for {waited.TotalSeconds:0.0} s up to now, for {string.Join(", ", names)}" +
            (more > 0 ? $" and {more} more" : "");
    }

    private static string Named(StageRun stage) => $"stage {stage.Spec.Id} ({stage.Spec.Name})";
}
