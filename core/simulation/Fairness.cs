namespace Agora.Simulation;

/// <summary>
/// Once nothing fails any more and every framework wants all it can get, in tasks of one size: by how much shares differ from
/// the fair allocation. Roles divide the cluster by their weights, frameworks their role's part evenly, each by dominant share.
/// </summary>
internal sealed class Fairness(World world, IReadOnlyList<WorkloadScheduler> workloads, Resources size)
{
    private readonly Dictionary<string, double> _weights = workloads.Select(w => w.Role).Distinct().ToDictionary(r => r, _ => (double)world.Dice.Between(1, 2));

    /// <summary>Tells the master that leads what the roles weigh.</summary>
    public void SetWeights()
    {
        foreach (var (role, weight) in _weights)
            world.Order(new OperatorCommand.SetRole(role, weight, null, null));
    }

    /// <returns>Null if all is as it should be, else who has too much beside whom.</returns>
    public string? Unfair()
    {
        if (world.Master.Machine is not { } master)
            return "nobody leads";
        var snapshot = master.Snapshot(withTasks: false);
        foreach (var agent in snapshot.Agents)
            if ((agent.Info.Resources - agent.Used - agent.Offered).Contains(size))
                return $"room for another task is free on {agent.Info.Hostname}, which has {agent.Info.Resources} and used {agent.Used}, offered {agent.Offered}";
        // One task is what it takes to change the order of two, and one may be between two hands.
        var slack = 2 * Share(size, snapshot.Total);
        // One that did not hear of its first subscription has subscribed twice, and what the first was left holds nothing.
        var held = snapshot.Frameworks.GroupBy(f => f.Info.Name).ToDictionary(g => g.Key,
            g => g.Aggregate(Resources.Empty, (sum, f) => sum + f.Used.Scalars + f.Offered.Scalars));
        var roles = workloads.GroupBy(w => w.Role).ToDictionary(g => g.Key,
            g => Share(g.Aggregate(Resources.Empty, (sum, w) => sum + held[w.Name]), snapshot.Total) / _weights[g.Key]);
        foreach (var more in workloads.Where(w => w.TasksRunning > 0))
            foreach (var less in workloads)
            {
                // What executors hold from before was not given out now, so only who has tasks now can have too much.
                var (a, b) = more.Role == less.Role
                    ? (Share(held[more.Name], snapshot.Total), Share(held[less.Name], snapshot.Total))
                    : (roles[more.Role], roles[less.Role]);
                if (a > b + slack)
                    return $"{more.Name} of {more.Role} stands at {a:0.###} and {less.Name} of {less.Role} at {b:0.###}, and a task is {slack / 2:0.###}";
            }
        return null;
    }

    private static double Share(Resources held, Resources total) =>
        Math.Max((double)held.MilliCpus / total.MilliCpus, (double)held.MemBytes / total.MemBytes);
}
