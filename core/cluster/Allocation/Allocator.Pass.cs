namespace Agora.Cluster.Allocation;

public sealed partial class Allocator
{
    /// <summary>An agent with less than this of both is not worth an offer; CPU alone or memory alone is.</summary>
    public const long WorthMilliCpus = 10, WorthMemBytes = 32L << 20;

    private readonly List<AgentAccount> _dirtyAgents = [];
    private readonly List<FrameworkAccount> _dirtyFrameworks = [];
    private readonly List<AgentAccount> _freeAgents = [];
    private readonly List<FrameworkAccount> _parked = [];
    private readonly List<FrameworkAccount> _seen = [];
    private readonly Dictionary<(FrameworkId, AgentId), int> _grantIndex = [];
    private int _firstDirty, _firstFree;

    /// <summary>More than one framework wants offers.</summary>
    private bool _contended;

    /// <summary>True if a pass might hand something out.</summary>
    public bool HasWork => _dirtyAgents.Count > 0 || _dirtyFrameworks.Count > 0;

    private void MarkDirty(AgentAccount agent)
    {
        if (agent.Dirty)
            return;
        agent.Dirty = true;
        _dirtyAgents.Add(agent);
    }

    private void MarkDirty(FrameworkAccount framework)
    {
        if (framework.Dirty)
            return;
        framework.Dirty = true;
        _dirtyFrameworks.Add(framework);
    }

    /// <summary>
    /// Hands out what is free: the framework that stands first is given the next piece on an agent it can use, one it
    /// hinted at before others, until nobody can be given anything (progressive filling, NSDI'11 DRF §4.2, in the form
    /// that skips whoever does not fit). Frameworks that did not change look at changed agents only.
    /// </summary>
    public void Allocate(DateTimeOffset now, List<Grant> grants)
    {
        EndRefusals(now);
        if (_totalChanged)
            RefreshAllShares();
        if (!HasWork)
            return;
        Passes++;
        Begin();
        while (_roleQueue.Count > 0 && IsAnythingLeft())
        {
            var framework = _roleQueue.First.Members!.First.Account!;
            if (FindAgent(framework, now) is { } agent)
                Give(framework, agent, now, grants);
            else
                Park(framework);
        }
        End();
    }

    private void Begin()
    {
        _firstDirty = _firstFree = 0;
        _contended = _roleQueue.Count > 1 || _roleQueue.Count == 1 && _roleQueue.First.Members!.Count > 1;
        _dirtyAgents.RemoveAll(NotWorthwhile);
        if (_dirtyFrameworks.Exists(f => f.WantsOffers))
        {
            foreach (var agent in _agents.Values)
                if (IsWorthwhile(agent))
                    _freeAgents.Add(agent);
        }
    }

    /// <summary>Ends a pass without asking every framework once the last agent is given away.</summary>
    private bool IsAnythingLeft()
    {
        SkipUsedUp(_dirtyAgents, ref _firstDirty);
        SkipUsedUp(_freeAgents, ref _firstFree);
        return _firstDirty < _dirtyAgents.Count || _firstFree < _freeAgents.Count;
    }

    private static void SkipUsedUp(List<AgentAccount> agents, ref int first)
    {
        while (first < agents.Count && !IsWorthwhile(agents[first]))
            first++;
    }

    private void End()
    {
        foreach (var framework in _parked)
            Requeue(framework);
        foreach (var framework in _seen)
            framework.Cursor = default;
        foreach (var agent in _dirtyAgents)
            agent.Dirty = false;
        foreach (var framework in _dirtyFrameworks)
            framework.Dirty = false;
        _parked.Clear();
        _seen.Clear();
        _dirtyAgents.Clear();
        _dirtyFrameworks.Clear();
        _freeAgents.Clear();
        _grantIndex.Clear();
    }

    private static bool NotWorthwhile(AgentAccount agent)
    {
        if (IsWorthwhile(agent))
            return false;
        agent.Dirty = false;
        return true;
    }

    private static bool IsWorthwhile(AgentAccount agent) => agent.Offerable &&
        (agent.Free.MilliCpus >= WorthMilliCpus || agent.Free.MemBytes >= WorthMemBytes || agent.Free.MilliGpus > 0);

    /// <summary>Takes a framework out of the queue for the rest of the pass: nothing left is for it.</summary>
    private void Park(FrameworkAccount framework)
    {
        var role = framework.Role;
        role.Members.Remove(framework.Standing);
        if (role.Members.Count == 0)
            _roleQueue.Remove(role.Standing);
        _parked.Add(framework);
    }

    private AgentAccount? FindAgent(FrameworkAccount framework, DateTimeOffset now)
    {
        if (framework.Cursor is { Hint: 0, HintedAgent: 0, Agent: 0 })
            _seen.Add(framework);
        return FindHinted(framework, now) ?? (framework.Dirty
            ? FindIn(_freeAgents, _firstFree, framework, now)
            : FindIn(_dirtyAgents, _firstDirty, framework, now));
    }

    private AgentAccount? FindHinted(FrameworkAccount framework, DateTimeOffset now)
    {
        ref var cursor = ref framework.Cursor;
        for (; cursor.Hint < framework.Hints.Count; cursor.Hint++, cursor.HintedAgent = 0)
        {
            var hint = framework.Hints[cursor.Hint];
            if (hint.Until <= now)
                continue;
            for (; cursor.HintedAgent < hint.Agents.Count; cursor.HintedAgent++)
            {
                if (_agentsByName.TryGetValue(hint.Agents[cursor.HintedAgent], out var agent) &&
                    (framework.Dirty || agent.Dirty) && agent.Free.Contains(hint.Size) &&
                    SkipFor(framework, agent, now) == SkipReason.None)
                    return agent;
            }
        }
        return null;
    }

    /// <param name="first">Agents before it have nothing left for anybody in this pass.</param>
    private static AgentAccount? FindIn(
        List<AgentAccount> agents, int first, FrameworkAccount framework, DateTimeOffset now)
    {
        ref var cursor = ref framework.Cursor;
        for (cursor.Agent = Math.Max(cursor.Agent, first); cursor.Agent < agents.Count; cursor.Agent++)
        {
            if (SkipFor(framework, agents[cursor.Agent], now) == SkipReason.None)
                return agents[cursor.Agent];
        }
        return null;
    }

    /// <summary>Why what is free on the agent is not for the framework, or None.</summary>
    private static SkipReason SkipFor(FrameworkAccount framework, AgentAccount agent, DateTimeOffset now)
    {
        if (!IsWorthwhile(agent))
            return SkipReason.AgentFull;
        if (!framework.Admits(agent))
            return SkipReason.NotInList;
        if (framework.Filters.AtLeast is { } least && !agent.Free.Contains(least))
            return SkipReason.BelowMinimum;
        if (framework.Sizes.Count > 0 && framework.HintsEnd > now && FittingSize(framework, agent.Free) is null)
            return SkipReason.BelowMinimum;
        return Refuses(framework, agent, agent.Free, now) ? SkipReason.Filtered : SkipReason.None;
    }

    private static Resources? FittingSize(FrameworkAccount framework, Resources free)
    {
        foreach (var size in framework.Sizes)
            if (free.Contains(size))
                return size;
        return null;
    }

    private void Give(FrameworkAccount framework, AgentAccount agent, DateTimeOffset now, List<Grant> grants)
    {
        var piece = Piece(framework, agent, now);
        agent.Free -= piece;
        Charge(framework, piece, giveBack: false);
        var key = (framework.Id, agent.Id);
        if (_grantIndex.TryGetValue(key, out var index))
        {
            grants[index] = grants[index] with { Resources = grants[index].Resources + piece };
            return;
        }
        _grantIndex.Add(key, grants.Count);
        grants.Add(new Grant(framework.Id, agent.Id, piece));
    }

    /// <summary>
    /// One task's worth while others want resources too and the framework says how large its tasks are; as many as fit
    /// once all others have found nothing; all that is free there if there are no others or no size is known. Room
    /// beyond whole tasks is not given away with them, or claiming a larger task than one has would pay.
    /// </summary>
    private Resources Piece(FrameworkAccount framework, AgentAccount agent, DateTimeOffset now)
    {
        if (!_contended || !_policy.InUnits)
            return agent.Free;
        var size = (framework.HintsEnd > now ? FittingSize(framework, agent.Free) : null) ?? framework.Filters.AtLeast;
        if (size is null || (size.MilliCpus < WorthMilliCpus && size.MemBytes < WorthMemBytes))
            return agent.Free;
        // It refused a piece of that size here: it needs more than it said, and offering the same would go on for ever.
        if (Refuses(framework, agent, size, now))
            return agent.Free;
        var last = _roleQueue.Count == 1 && framework.Role.Members.Count == 1;
        return last ? size.ScalarsTimes(agent.Free.ScalarsDividedBy(size)) : size;
    }
}
