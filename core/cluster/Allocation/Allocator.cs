namespace Agora.Cluster.Allocation;

/// <summary>
/// Keeps the accounts of who holds what, and hands out what is free.
/// <para>Laws: free + held = total on every agent; what is offered counts as held by the framework it is offered to
/// (the paper's §3.3); a pass looks only at agents and frameworks for which something changed since the last one; after
/// a pass nothing free is left that any framework would be offered; every tie is broken by name.</para>
/// </summary>
public sealed partial class Allocator
{
    private readonly IAllocator _policy;
    private readonly StandingHeap _roleQueue;
    private readonly SortedDictionary<string, RoleAccount> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<FrameworkId, FrameworkAccount> _frameworks = [];
    private readonly Dictionary<AgentId, AgentAccount> _agents = [];
    private readonly Dictionary<string, AgentAccount> _agentsByName = new(StringComparer.Ordinal);
    private bool _totalChanged;

    public Allocator(IAllocator policy)
    {
        _policy = policy;
        _roleQueue = new StandingHeap(CompareRoles);
    }

    /// <summary>What all agents have together.</summary>
    public Resources Total { get; private set; } = Resources.Empty;

    public string PolicyName => _policy.Name;

    /// <summary>Passes made.</summary>
    public long Passes { get; private set; }

    public void AddAgent(AgentId id, string hostname, Resources total)
    {
        var agent = new AgentAccount(id, hostname, total);
        _agents.Add(id, agent);
        _agentsByName[hostname] = agent;
        _agentsByName[id.Value] = agent;
        Total += total.Scalars;
        _totalChanged = true;
        MarkDirty(agent);
    }

    /// <summary>Takes the agent out of the accounts, whatever is held of it included.</summary>
    public void RemoveAgent(AgentId id, IEnumerable<(FrameworkId Framework, Resources Held)> heldThere)
    {
        foreach (var (framework, held) in heldThere)
            Charge(_frameworks[framework], held, giveBack: true);
        _agents.Remove(id, out var agent);
        _agentsByName.Remove(id.Value);
        if (_agentsByName.GetValueOrDefault(agent!.Hostname) == agent)
            _agentsByName.Remove(agent.Hostname);
        Total -= agent.Total.Scalars;
        _totalChanged = true;
        agent.Offerable = false;
    }

    public void SetOfferable(AgentId id, bool offerable)
    {
        var agent = _agents[id];
        agent.Offerable = offerable;
        MarkDirty(agent);
    }

    public void AddFramework(FrameworkId id, string role, FrameworkFilters filters, IReadOnlyList<Hint> hints)
    {
        var framework = new FrameworkAccount(id, Role(role));
        framework.SetFilters(filters);
        framework.SetHints(hints);
        _frameworks.Add(id, framework);
    }

    /// <summary>The framework must hold nothing any more.</summary>
    public void RemoveFramework(FrameworkId id)
    {
        _frameworks.Remove(id, out var framework);
        if (!framework!.Standing.Held.IsEmpty)
            throw new InvalidOperationException($"{id} still holds {framework.Standing.Held}");
        framework.Active = false;
        Requeue(framework);
        foreach (var agent in _agents.Values)
            agent.Refusals?.Remove(framework);
    }

    public void SetActive(FrameworkId id, bool active, bool suppressed)
    {
        var framework = _frameworks[id];
        framework.Active = active;
        framework.Suppressed = suppressed;
        Requeue(framework);
        if (framework.WantsOffers)
            Revive(framework);
    }

    /// <summary>Ends suppression and forgets the framework's refusals.</summary>
    public void Revive(FrameworkId id) => SetActive(id, _frameworks[id].Active, suppressed: false);

    public void SetFilters(FrameworkId id, FrameworkFilters filters)
    {
        _frameworks[id].SetFilters(filters);
        MarkDirty(_frameworks[id]);
    }

    public void SetHints(FrameworkId id, IReadOnlyList<Hint> hints)
    {
        _frameworks[id].SetHints(hints);
        MarkDirty(_frameworks[id]);
    }

    public void SetRole(string name, long? weightMilli, int? priority, Resources? guaranteed)
    {
        var role = Role(name);
        role.Standing.WeightMilli = weightMilli ?? role.Standing.WeightMilli;
        role.Standing.Priority = priority ?? role.Standing.Priority;
        role.Standing.Guaranteed = guaranteed?.Scalars ?? role.Standing.Guaranteed;
        HasGuarantees = _roles.Values.Any(r => !r.Standing.Guaranteed.IsEmpty);
        Refresh(role);
    }

    /// <summary>Books resources that a framework is found to hold, as when an agent comes back with tasks.</summary>
    public void Claim(FrameworkId framework, AgentId agent, Resources held)
    {
        _agents[agent].Free -= held;
        Charge(_frameworks[framework], held, giveBack: false);
    }

    /// <summary>Gives resources back: a task ended, an offer was declined or rescinded.</summary>
    public void Release(FrameworkId framework, AgentId agent, Resources freed)
    {
        if (freed.IsEmpty)
            return;
        var account = _agents[agent];
        account.Free += freed;
        Charge(_frameworks[framework], freed, giveBack: true);
        MarkDirty(account);
    }

    public Resources FreeOn(AgentId agent) => _agents[agent].Free;

    public Resources HeldBy(FrameworkId framework) => _frameworks[framework].Standing.Held;

    private RoleAccount Role(string name)
    {
        if (_roles.TryGetValue(name, out var role))
            return role;
        role = new RoleAccount(name, CompareFrameworks);
        _roles.Add(name, role);
        return role;
    }

    private int CompareRoles(Standing a, Standing b)
    {
        if (a.BelowGuarantee != b.BelowGuarantee)
            return a.BelowGuarantee ? -1 : 1;
        var order = _policy.CompareRoles(a, b);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private int CompareFrameworks(Standing a, Standing b)
    {
        var order = _policy.CompareFrameworks(a, b);
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private void Charge(FrameworkAccount framework, Resources amount, bool giveBack)
    {
        amount = amount.Scalars;
        var (own, role) = (framework.Standing, framework.Role.Standing);
        own.Held = giveBack ? own.Held - amount : own.Held + amount;
        role.Held = giveBack ? role.Held - amount : role.Held + amount;
        own.Refresh(Total);
        if (own.HeapIndex != Standing.NotQueued)
            framework.Role.Members.Changed(own);
        Refresh(framework.Role);
    }

    private void Refresh(RoleAccount role)
    {
        role.Standing.Refresh(Total);
        if (role.Standing.HeapIndex != Standing.NotQueued)
            _roleQueue.Changed(role.Standing);
    }

    /// <summary>Puts the framework into its role's queue, or takes it out, as it wants offers or not.</summary>
    private void Requeue(FrameworkAccount framework)
    {
        var queued = framework.Standing.HeapIndex != Standing.NotQueued;
        if (framework.WantsOffers == queued)
            return;
        var role = framework.Role;
        if (queued)
            role.Members.Remove(framework.Standing);
        else
            role.Members.Add(framework.Standing);
        var roleQueued = role.Standing.HeapIndex != Standing.NotQueued;
        if (role.Members.Count > 0 && !roleQueued)
            _roleQueue.Add(role.Standing);
        else if (role.Members.Count == 0 && roleQueued)
            _roleQueue.Remove(role.Standing);
    }

    private void RefreshAllShares()
    {
        foreach (var framework in _frameworks.Values)
            framework.Standing.Refresh(Total);
        foreach (var role in _roles.Values)
        {
            role.Standing.Refresh(Total);
            role.Members.Rebuild();
        }
        _roleQueue.Rebuild();
        _totalChanged = false;
    }
}
