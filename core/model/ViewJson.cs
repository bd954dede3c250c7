using System.Text.Json;

namespace Agora;

/// <summary>The views of a cluster as JSON, for commands and the dashboard's API: the names are those of the records, in camel case.</summary>
public static class ViewJson
{
    public static void List<T>(Utf8JsonWriter json, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, string name, Resources resources)
    {
        json.WriteStartObject(name);
        json.WriteNumber("cpus", resources.MilliCpus / 1000m);
        json.WriteNumber("memBytes", resources.MemBytes);
        json.WriteNumber("diskBytes", resources.DiskBytes);
        if (resources.MilliGpus != 0)
            json.WriteNumber("gpus", resources.MilliGpus / 1000m);
        json.WriteString("text", resources.ToString());
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, AgentView agent)
    {
        json.WriteStartObject();
        json.WriteString("id", agent.Info.Id?.Value);
        json.WriteString("hostname", agent.Info.Hostname);
        json.WriteString("address", $"{agent.Info.Address}:{agent.Info.FilePort}");
        json.WriteString("condition", agent.Condition.ToString());
        json.WriteString("attributes", agent.Info.Attributes.ToString());
        json.WriteNumber("tasks", agent.Tasks);
        Write(json, "total", agent.Info.Resources);
        Write(json, "used", agent.Used);
        Write(json, "offered", agent.Offered);
        json.WriteString("registered", agent.Registered);
        if (agent.Inactive?.Drain is { } drain)
        {
            json.WriteStartObject("drain");
            json.WriteString("since", agent.Inactive.Since);
            if (drain.Deadline is { } deadline)
                json.WriteString("deadline", deadline);
            json.WriteBoolean("markGone", drain.MarkGone);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, MaintenanceView maintenance)
    {
        json.WriteStartObject();
        json.WriteString("name", maintenance.Window.Name);
        json.WriteString("start", maintenance.Window.When.Start);
        if (maintenance.Window.When.End is { } end)
            json.WriteString("end", end);
        json.WriteStartArray("machines");
        foreach (var machine in maintenance.Window.Machines)
            json.WriteStringValue(machine);
        json.WriteEndArray();
        json.WriteStartArray("inverseOffers");
        foreach (var offer in maintenance.InverseOffers)
        {
            json.WriteStartObject();
            json.WriteString("framework", offer.FrameworkId.Value);
            json.WriteString("agent", offer.AgentId.Value);
            json.WriteString("hostname", offer.Hostname);
            json.WriteString("answer", offer.Accepted switch { null => "none", true => "accepted", false => "declined" });
            json.WriteString("reason", offer.Reason);
            json.WriteNumber("tasks", offer.Tasks);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, FrameworkView framework)
    {
        json.WriteStartObject();
        json.WriteString("id", framework.Info.Id?.Value);
        json.WriteString("name", framework.Info.Name);
        json.WriteString("role", framework.Info.Role);
        json.WriteString("user", framework.Info.User);
        json.WriteString("condition", framework.Condition.ToString());
        json.WriteBoolean("suppressed", framework.Suppressed);
        json.WriteNumber("dominantShare", framework.DominantShare);
        json.WriteNumber("fairShare", framework.FairShare);
        json.WriteNumber("standbys", framework.Standbys);
        json.WriteNumber("runningTasks", framework.RunningTasks);
        json.WriteNumber("offersMade", framework.OffersMade);
        json.WriteNumber("offersAccepted", framework.OffersAccepted);
        json.WriteNumber("offersDeclined", framework.OffersDeclined);
        json.WriteNumber("offersRescinded", framework.OffersRescinded);
        Write(json, "used", framework.Used);
        Write(json, "offered", framework.Offered);
        Write(json, "demand", framework.Demand);
        json.WriteStartArray("declines");
        foreach (var decline in framework.Declines)
        {
            json.WriteStartObject();
            json.WriteString("time", decline.Time);
            json.WriteString("hostname", decline.Hostname);
            json.WriteString("reason", decline.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("registered", framework.Registered);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, TaskView task)
    {
        json.WriteStartObject();
        json.WriteString("id", task.Id.Value);
        json.WriteString("name", task.Name);
        json.WriteString("framework", task.FrameworkId.Value);
        json.WriteString("agent", task.AgentId.Value);
        json.WriteString("hostname", task.Hostname);
        json.WriteString("executor", task.ExecutorId?.Value);
        json.WriteString("state", task.State.ToString());
        Write(json, "resources", task.Resources);
        json.WriteStartArray("history");
        foreach (var status in task.History)
        {
            json.WriteStartObject();
            json.WriteString("time", status.Time);
            json.WriteString("state", status.State.ToString());
            json.WriteString("source", status.Source.ToString());
            json.WriteString("reason", status.Reason.ToString());
            json.WriteString("message", status.Message);
            if (status.ExitCode is { } code)
                json.WriteNumber("exitCode", code);
            if (status.Usage is { } usage)
                Write(json, usage);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ResourceUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("cpuSeconds", usage.CpuTime.TotalSeconds);
        json.WriteNumber("memBytes", usage.MemBytes);
        json.WriteNumber("memPeakBytes", usage.MemPeakBytes);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, OfferView offer)
    {
        json.WriteStartObject();
        json.WriteString("id", offer.Id.ToString());
        json.WriteString("framework", offer.FrameworkId.Value);
        json.WriteString("agent", offer.AgentId.Value);
        json.WriteString("hostname", offer.Hostname);
        Write(json, "resources", offer.Resources);
        json.WriteString("made", offer.Made);
        json.WriteString("expires", offer.Expires);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, RoleView role)
    {
        json.WriteStartObject();
        json.WriteString("name", role.Name);
        json.WriteNumber("weight", role.Weight);
        json.WriteNumber("priority", role.Priority);
        Write(json, "guaranteed", role.Guaranteed);
        Write(json, "held", role.Held);
        json.WriteNumber("dominantShare", role.DominantShare);
        json.WriteNumber("frameworks", role.Frameworks);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, FrameworkExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("framework", explanation.FrameworkId.Value);
        json.WriteString("name", explanation.Name);
        json.WriteString("role", explanation.Role);
        json.WriteString("summary", explanation.Summary);
        json.WriteNumber("dominantShare", explanation.DominantShare);
        json.WriteNumber("fairShare", explanation.FairShare);
        Write(json, "held", explanation.Held);
        Write(json, "demand", explanation.Demand);
        json.WriteStartArray("details");
        foreach (var detail in explanation.Details)
            json.WriteStringValue(detail);
        json.WriteEndArray();
        json.WriteStartArray("agents");
        foreach (var skip in explanation.Agents)
            Write(json, skip);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, AgentSkip skip)
    {
        json.WriteStartObject();
        json.WriteString("agent", skip.AgentId.Value);
        json.WriteString("hostname", skip.Hostname);
        json.WriteString("reason", skip.Reason.ToString());
        if (skip.Until is { } until)
            json.WriteString("until", until);
        json.WriteString("detail", skip.Detail);
        json.WriteEndObject();
    }
}
