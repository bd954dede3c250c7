using System.Text.Json;

namespace Agora.Web.Api;

/// <summary>The cluster in a small document: totals, counters, the largest frameworks, and what wants an operator's eye.</summary>
internal static class StateJson
{
    /// <summary>Frameworks in the document; of more the largest are there.</summary>
    public const int FrameworksMax = 50;

    public static byte[] Bytes(ClusterSnapshot snapshot)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, snapshot);
        return buffer.ToArray();
    }

    public static void Write(Utf8JsonWriter json, ClusterSnapshot s)
    {
        var live = s.Frameworks.Where(f => f.Condition != FrameworkCondition.Completed).ToList();
        json.WriteStartObject();
        json.WriteString("time", s.Time);
        json.WriteNumber("epoch", s.Epoch);
        json.WriteString("allocator", s.Allocator);
        json.WriteString("started", s.Started);
        ViewJson.Write(json, "total", s.Total);
        ViewJson.Write(json, "used", s.Used);
        ViewJson.Write(json, "offered", s.Offered);
        json.WriteStartObject("agents");
        json.WriteNumber("all", s.Agents.Count);
        foreach (var condition in Enum.GetValues<AgentCondition>())
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName($"{condition}"), s.Agents.Count(a => a.Condition == condition));
        json.WriteEndObject();
        json.WriteStartObject("tasks");
        json.WriteNumber("live", live.Sum(f => (long)f.RunningTasks));
        json.WriteNumber("launched", s.Counters.TasksLaunched);
        json.WriteNumber("finished", s.Counters.TasksFinished);
        json.WriteNumber("failed", s.Counters.TasksFailed);
        json.WriteNumber("killed", s.Counters.TasksKilled);
        json.WriteNumber("lost", s.Counters.TasksLost);
        json.WriteEndObject();
        json.WriteStartObject("offers");
        json.WriteNumber("out", s.Offers.Count);
        json.WriteNumber("made", s.Counters.OffersMade);
        json.WriteNumber("accepted", s.Counters.OffersAccepted);
        json.WriteNumber("declined", s.Counters.OffersDeclined);
        json.WriteNumber("rescinded", s.Counters.OffersRescinded);
        json.WriteEndObject();
        json.WriteNumber("allocationPasses", s.Counters.AllocationPasses);
        json.WriteNumber("callsRefused", s.Counters.CallsRefused);
        json.WriteNumber("frameworksActive", live.Count(f => f.Condition == FrameworkCondition.Active));
        json.WriteNumber("frameworksLive", live.Count);
        json.WriteStartArray("frameworks");
        foreach (var framework in live.OrderByDescending(f => f.DominantShare).ThenBy(f => f.Info.Id).Take(FrameworksMax))
            Write(json, framework);
        json.WriteEndArray();
        json.WriteStartArray("attention");
        foreach (var point in Attention.Of(s))
        {
            json.WriteStartObject();
            json.WriteString("kind", point.Kind);
            json.WriteString("text", point.Text);
            json.WriteString("link", point.Link);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FrameworkView framework)
    {
        json.WriteStartObject();
        json.WriteString("id", framework.Info.Id?.Value);
        json.WriteString("name", framework.Info.Name);
        json.WriteString("role", framework.Info.Role);
        json.WriteString("condition", framework.Condition.ToString());
        json.WriteBoolean("suppressed", framework.Suppressed);
        json.WriteNumber("dominantShare", framework.DominantShare);
        json.WriteNumber("fairShare", framework.FairShare);
        json.WriteNumber("runningTasks", framework.RunningTasks);
        json.WriteBoolean("wants", !framework.Demand.IsEmpty);
        json.WriteEndObject();
    }
}
