namespace Agora.Web;

/// <summary>Something an operator may want to look at.</summary>
/// <param name="Kind"><c>framework</c>, <c>agent</c> or <c>offer</c>.</param>
/// <param name="Link">The page that says more.</param>
internal sealed record AttentionPoint(string Kind, string Text, string Link);

/// <summary>Picks out of a snapshot what wants an operator's eye.</summary>
internal static class Attention
{
    /// <summary>Of one kind; the others are counted.</summary>
    private const int EachMax = 5;

    public static IEnumerable<AttentionPoint> Of(ClusterSnapshot s) =>
        [.. Agents(s), .. Frameworks(s), .. Offers(s)];

    private static List<AttentionPoint> Agents(ClusterSnapshot s) => Bounded("/agents", "agents are not connected", s.Agents
        .Where(a => a.Condition is AgentCondition.Unreachable or AgentCondition.Disconnected)
        .Select(a => new AttentionPoint("agent", a.Condition == AgentCondition.Unreachable
            ? $"{a.Info.Hostname} is unreachable; {Tasks(a.Tasks)} there" : $"{a.Info.Hostname} is not connected; {Tasks(a.Tasks)} there", $"/agents/{a.Info.Id}")));

    private static List<AttentionPoint> Frameworks(ClusterSnapshot s) =>
        Bounded("/frameworks", "frameworks are below their share or without a scheduler", s.Frameworks.Select(Framework).OfType<AttentionPoint>());

    private static AttentionPoint? Framework(FrameworkView f)
    {
        var link = $"/frameworks/{f.Info.Id}";
        if (f.Condition == FrameworkCondition.Disconnected)
            return new AttentionPoint("framework", $"{f.Info.Name} has no scheduler; it is given up after {f.Info.FailoverTimeout.TotalSeconds:0} s", link);
        // A share that is a task short of the fair one is nothing to look at.
        var starves = f.Condition == FrameworkCondition.Active && !f.Suppressed && !f.Demand.IsEmpty && f.Offered.IsEmpty &&
            f.DominantShare < f.FairShare / 2;
        return starves ? new AttentionPoint("framework",
            $"{f.Info.Name} asks for more and holds {f.DominantShare:P0} of the {f.FairShare:P0} it can count on", link) : null;
    }

    private static List<AttentionPoint> Offers(ClusterSnapshot s) => Bounded("/offers", "offers are held for long", s.Offers
        .Where(o => s.Time - o.Made > (o.Expires - o.Made) / 2)
        .Select(o => new AttentionPoint("offer", $"{o.Id} of {o.Hostname} is held for {(s.Time - o.Made).TotalSeconds:0} s by {Name(s, o.FrameworkId)}", "/offers")));

    private static List<AttentionPoint> Bounded(string link, string others, IEnumerable<AttentionPoint> points)
    {
        var all = points.ToList();
        return all.Count <= EachMax ? all
            : [.. all.Take(EachMax), new AttentionPoint(all[0].Kind, $"{all.Count - EachMax} more {others}", link)];
    }

    private static string Name(ClusterSnapshot s, FrameworkId id) => s.Frameworks.FirstOrDefault(f => f.Info.Id == id)?.Info.Name ?? id.Value;

    private static string Tasks(int count) => count == 1 ? "1 task" : $"{count} tasks";
}
