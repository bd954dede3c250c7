namespace Agora.Web.Api;

/// <summary>The lists of the API.</summary>
internal static class Listings
{
    public static readonly Listing<AgentView> Agents = new(
        a => [a.Info.Id?.Value, a.Info.Hostname, a.Info.Attributes.ToString(), a.Condition.ToString()],
        new()
        {
            ["hostname"] = a => a.Info.Hostname,
            ["id"] = a => a.Info.Id?.Value,
            ["condition"] = a => a.Condition,
            ["cpus"] = a => a.Info.Resources.MilliCpus,
            ["mem"] = a => a.Info.Resources.MemBytes,
            ["usedCpus"] = a => Part(a.Used.MilliCpus, a.Info.Resources.MilliCpus),
            ["usedMem"] = a => Part(a.Used.MemBytes, a.Info.Resources.MemBytes),
            ["tasks"] = a => a.Tasks,
            ["registered"] = a => a.Registered,
        }, ViewJson.Write);

    public static readonly Listing<FrameworkView> Frameworks = new(
        f => [f.Info.Id?.Value, f.Info.Name, f.Info.Role, f.Info.User],
        new()
        {
            ["name"] = f => f.Info.Name,
            ["id"] = f => f.Info.Id?.Value,
            ["role"] = f => f.Info.Role,
            ["condition"] = f => f.Condition,
            ["share"] = f => f.DominantShare,
            ["fair"] = f => f.FairShare,
            ["cpus"] = f => f.Used.MilliCpus,
            ["mem"] = f => f.Used.MemBytes,
            ["tasks"] = f => f.RunningTasks,
            ["offers"] = f => f.OffersMade,
            ["accepted"] = f => f.OffersAccepted,
            ["declined"] = f => f.OffersDeclined,
            ["registered"] = f => f.Registered,
        }, ViewJson.Write);

    public static readonly Listing<TaskView> Tasks = new(
        t => [t.Id.Value, t.Name, t.Hostname, t.FrameworkId.Value, t.ExecutorId?.Value],
        new()
        {
            ["id"] = t => t.Id.Value,
            ["name"] = t => t.Name,
            ["framework"] = t => t.FrameworkId.Value,
            ["hostname"] = t => t.Hostname,
            ["state"] = t => t.State,
            ["cpus"] = t => t.Resources.MilliCpus,
            ["mem"] = t => t.Resources.MemBytes,
            ["changed"] = t => t.History.Count == 0 ? null : t.History[^1].Time,
        }, ViewJson.Write);

    public static readonly Listing<OfferView> Offers = new(
        o => [o.Id.ToString(), o.FrameworkId.Value, o.Hostname],
        new()
        {
            ["id"] = o => (o.Id.Epoch, o.Id.Number),
            ["framework"] = o => o.FrameworkId.Value,
            ["hostname"] = o => o.Hostname,
            ["made"] = o => o.Made,
            ["expires"] = o => o.Expires,
            ["cpus"] = o => o.Resources.MilliCpus,
            ["mem"] = o => o.Resources.MemBytes,
        }, ViewJson.Write);

    public static readonly Listing<RoleView> Roles = new(
        r => [r.Name],
        new()
        {
            ["name"] = r => r.Name,
            ["weight"] = r => r.Weight,
            ["priority"] = r => r.Priority,
            ["share"] = r => r.DominantShare,
            ["frameworks"] = r => r.Frameworks,
        }, ViewJson.Write);

    /// <summary>Reasons of one framework, agent by agent.</summary>
    public static readonly Listing<AgentSkip> Skips = new(
        s => [s.Hostname, s.Detail, s.Reason.ToString()],
        new()
        {
            ["hostname"] = s => s.Hostname,
            ["reason"] = s => s.Reason,
            ["until"] = s => s.Until,
        }, ViewJson.Write);

    /// <summary>Offers that were declined, of all frameworks.</summary>
    public static readonly Listing<Decline> Declines = new(
        d => [d.Framework.Name, d.What.Hostname, d.What.Reason],
        new()
        {
            ["time"] = d => d.What.Time,
            ["framework"] = d => d.Framework.Name,
            ["hostname"] = d => d.What.Hostname,
        }, (json, d) =>
        {
            json.WriteStartObject();
            json.WriteString("time", d.What.Time);
            json.WriteString("framework", d.Framework.Id?.Value);
            json.WriteString("name", d.Framework.Name);
            json.WriteString("hostname", d.What.Hostname);
            json.WriteString("reason", d.What.Reason);
            json.WriteEndObject();
        });

    public static double Part(long held, long total) => total == 0 ? 0 : (double)held / total;
}

internal sealed record Decline(FrameworkInfo Framework, DeclineView What);
