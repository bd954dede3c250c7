namespace Agora.Cluster;

/// <summary>Says in plain words what the records of an explanation hold.</summary>
internal static class Sentences
{
    public static string Summary(string name, double share, double fair, Resources held, Resources demand,
        IReadOnlyList<AgentSkip> skips)
    {
        var has = held.IsEmpty ? $"{name} holds nothing" : $"{name} holds [{held}], {share:P0} of the cluster by its " +
            $"dominant resource (it can count on {fair:P0})";
        var wants = demand.IsEmpty ? "" : $"; it asks for [{demand}] more";
        if (skips.Count == 0)
            return $"{has}{wants}. There are no agents.";
        var counts = skips.GroupBy(s => s.Reason).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => $"{g.Count()} {Words(g.Key)}");
        return $"{has}{wants}. Of {skips.Count} agents: {string.Join(", ", counts)}. {Verdict(share, fair, skips)}";
    }

    private static string Verdict(double share, double fair, IReadOnlyList<AgentSkip> skips)
    {
        if (skips.All(s => s.Reason == SkipReason.Inactive))
            return "It gets no offers until its scheduler is back.";
        if (skips.All(s => s.Reason == SkipReason.Suppressed))
            return "It gets no offers because it said that it wants none.";
        if (skips.Any(s => s.Reason == SkipReason.None))
            return "Resources are being offered to it.";
        if (skips.All(s => s.Reason is SkipReason.AgentFull or SkipReason.HeldInOffer or SkipReason.AgentUnreachable
            or SkipReason.AgentDraining or SkipReason.AgentDeactivated or SkipReason.AgentMaintenance or SkipReason.BelowMinimum))
        {
            var free = skips.Any(s => s.Reason == SkipReason.BelowMinimum)
                ? "What is free on any one agent is too little for one of its tasks" : "Nothing is free";
            return share >= fair
                ? $"{free}, and it has its fair share: it gets more when others leave some."
                : $"{free}; it is below its fair share, so it is first in line for what is given back.";
        }
        if (skips.Any(s => s.Reason is SkipReason.Filtered or SkipReason.NotInList or SkipReason.BelowMinimum))
            return "What is free it has refused or filtered out itself.";
        return "";
    }

    public static IReadOnlyList<string> Details(FrameworkEntry framework, IReadOnlyList<AgentSkip> skips, DateTimeOffset now)
    {
        var lines = new List<string>();
        foreach (var skip in skips)
        {
            var until = skip.Until is { } end && end > now ? $" ({(end - now).TotalSeconds:0.0} s more)" : "";
            lines.Add($"{skip.Hostname}: {skip.Detail}{until}");
        }
        foreach (var decline in framework.Declines)
            lines.Add($"declined {decline.Hostname} {(now - decline.Time).TotalSeconds:0.0} s ago: {decline.Reason}");
        return lines;
    }

    public static string Task(TaskView task)
    {
        var last = task.History.Count > 0 ? task.History[^1] : null;
        var why = last is null ? "its agent has not reported yet"
            : last.Message.Length > 0 ? last.Message
            : last.Reason == StatusReason.None ? $"says its {last.Source.ToString().ToLowerInvariant()}"
            : last.Reason.ToString();
        return $"Task {task.Id} of {task.FrameworkId} is {task.State} on {task.Hostname}: {why}.";
    }

    private static string Words(SkipReason reason) => reason switch
    {
        SkipReason.None => "offered or about to be",
        SkipReason.NotSubscribed => "not subscribed",
        SkipReason.Inactive => "no scheduler connected",
        SkipReason.Suppressed => "suppressed",
        SkipReason.AgentUnreachable => "unreachable",
        SkipReason.AgentDraining => "draining",
        SkipReason.AgentDeactivated => "deactivated",
        SkipReason.AgentMaintenance => "under maintenance",
        SkipReason.AgentFull => "full",
        SkipReason.HeldInOffer => "held in other frameworks' offers",
        SkipReason.Filtered => "refused by it a moment ago",
        SkipReason.NotInList => "not in its list",
        SkipReason.BelowMinimum => "with less free than it asks for",
    };
}
