namespace Agora.Simulation;

/// <summary>A kind of fault that scenarios may have.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="EverySeconds">Mean time between two of them while there is trouble.</param>
/// <param name="Strike">Does it once, and plans its end.</param>
public sealed record Fault(string Name, string What, double EverySeconds, Action<Trouble> Strike)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("agent-kill", "an agent's process is killed, perhaps in the middle of a step, and started anew", 40, t => t.KillAgent()),
        new("agent-reboot", "an agent's machine is lost with all it runs, and comes back", 50, t => t.RebootAgent()),
        new("clock-jump", "the clock of a host is set forward or back, by up to a day", 20, t => t.JumpClock()),
        new("executor-kill", "an executor or a command is killed", 15, t => t.KillContainer()),
        new("half-open", "a stream falls silent, and neither end is told", 30, t => t.SeverStream()),
        new("master-cut", "the leader does not reach the election while its streams stay open", 60, t => t.CutMaster(TimeSpan.Zero)),
        new("master-kill", "a master is killed, or its machine lost, or it is told to end", 60, t => t.KillMaster()),
        new("master-stop", "a master stands still for a while", 60, t => t.StopMaster(TimeSpan.Zero)),
        new("messages", "messages are lost or doubled for a while, which breaks their streams", 60, t => t.LoseMessages()),
        new("orders", "operators deactivate an agent, drain it or plan its maintenance, and take that back, or weigh a role", 30, t => t.GiveOrder()),
        new("pairs", "two others at the same instant", 40, t => t.StrikeTwice()),
        new("partition", "two hosts do not reach one another", 40, t => t.Partition(bothWays: true)),
        new("partition-one-way", "what one host sends does not reach another", 40, t => t.Partition(bothWays: false)),
        new("scheduler-restart", "a scheduler's process is killed and started anew", 40, t => t.RestartScheduler()),
        new("scheduler-takeover", "another process of a framework's takes over", 40, t => t.TakeOver()),
        new("slow-link", "what passes between two hosts takes seconds", 30, t => t.SlowLink()),
        new("two-masters", "a leader goes on for seconds when its lease is over and another leads", 60, t => t.HaveTwoMasters()),
    ];

    /// <param name="list"><c>all</c>, <c>none</c>, or names with commas.</param>
    /// <exception cref="FormatException">It names what is none; the message lists those that are.</exception>
    public static IReadOnlyList<Fault> Parse(string list)
    {
        if (list == "all")
            return All;
        if (list == "none")
            return [];
        return [.. list.Split(',').Select(name => All.FirstOrDefault(f => f.Name == name.Trim()) ??
            throw new FormatException($"'{name.Trim()}' is no fault; those are {string.Join(", ", All.Select(f => f.Name))}, or all, or none"))];
    }
}
