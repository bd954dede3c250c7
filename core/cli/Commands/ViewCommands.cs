using System.CommandLine;
using static Agora.Cli.Output;

namespace Agora.Cli.Commands;

/// <summary>Makes a command that shows a snapshot, as a table or as JSON.</summary>
internal static class ViewCommand
{
    public static Command Create(string name, string description, string example, bool withTasks,
        Action<ClusterSnapshot> print, Action<System.Text.Json.Utf8JsonWriter, ClusterSnapshot> printJson)
    {
        var (master, json) = (Cluster.MasterOption(), CommandExtensions.JsonOption());
        var command = new Command(name, description.WithExample(example)) { master, json };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var snapshot = await cluster.SnapshotAsync(withTasks);
            if (parsed.GetValue(json))
                Json(writer => printJson(writer, snapshot));
            else
                print(snapshot);
            return 0;
        });
        return command;
    }
}

internal static class StatusCommand
{
    public static Command Create()
    {
        var (master, json) = (Cluster.MasterOption(), CommandExtensions.JsonOption());
        var command = new Command("status", "Show the cluster at a glance".WithExample("agora status")) { master, json };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var snapshot = await cluster.SnapshotAsync();
            var masters = await cluster.MastersAsync();
            if (parsed.GetValue(json))
                Json(writer => PrintJson(writer, snapshot, masters));
            else
                Print(snapshot, masters);
            return 0;
        });
        return command;
    }

    private static void Print(ClusterSnapshot s, IReadOnlyList<(Uri Master, bool Leads)> masters)
    {
        var active = s.Agents.Count(a => a.Condition == AgentCondition.Active);
        var live = s.Frameworks.Where(f => f.Condition != FrameworkCondition.Completed).ToList();
        Console.WriteLine($"master      epoch {s.Epoch}, allocator {s.Allocator}, up {Ago(s.Started, s.Time)}");
        if (masters.Count > 1)
            Console.WriteLine($"masters     {string.Join(", ", masters.Select(m => $"{m.Master.ToString().TrimEnd('/')} {(m.Leads ? "leads" : "stands by")}"))}");
        Console.WriteLine($"agents      {active} active of {s.Agents.Count}");
        Console.WriteLine($"frameworks  {live.Count(f => f.Condition == FrameworkCondition.Active)} active of {live.Count}");
        Console.WriteLine($"tasks       {live.Sum(f => f.RunningTasks)} running, {s.Counters.TasksFinished} finished, " +
            $"{s.Counters.TasksFailed} failed, {s.Counters.TasksKilled} killed, {s.Counters.TasksLost} lost");
        Console.WriteLine($"offers      {s.Offers.Count} out; {s.Counters.OffersMade} made, {s.Counters.OffersAccepted} accepted, " +
            $"{s.Counters.OffersDeclined} declined, {s.Counters.OffersRescinded} rescinded");
        Console.WriteLine();
        Table(["RESOURCE", "TOTAL", "USED", "OFFERED", "FREE"],
        [
            ["cpus", Cpus(s.Total), Cpus(s.Used), Cpus(s.Offered), Cpus(s.Total.ScalarsBeyond(s.Used + s.Offered))],
            ["mem (MiB)", Mib(s.Total), Mib(s.Used), Mib(s.Offered), Mib(s.Total.ScalarsBeyond(s.Used + s.Offered))],
        ]);
    }

    private static void PrintJson(System.Text.Json.Utf8JsonWriter json, ClusterSnapshot s, IReadOnlyList<(Uri Master, bool Leads)> masters)
    {
        json.WriteStartObject();
        json.WriteNumber("epoch", s.Epoch);
        json.WriteStartArray("masters");
        foreach (var (master, leads) in masters)
        {
            json.WriteStartObject();
            json.WriteString("url", master.ToString().TrimEnd('/'));
            json.WriteBoolean("leads", leads);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("allocator", s.Allocator);
        json.WriteString("started", s.Started);
        json.WriteNumber("agents", s.Agents.Count);
        json.WriteNumber("agentsActive", s.Agents.Count(a => a.Condition == AgentCondition.Active));
        json.WriteNumber("frameworksActive", s.Frameworks.Count(f => f.Condition == FrameworkCondition.Active));
        json.WriteNumber("tasksRunning", s.Frameworks.Sum(f => f.RunningTasks));
        json.WriteNumber("tasksFinished", s.Counters.TasksFinished);
        json.WriteNumber("tasksFailed", s.Counters.TasksFailed);
        json.WriteNumber("tasksKilled", s.Counters.TasksKilled);
        json.WriteNumber("tasksLost", s.Counters.TasksLost);
        json.WriteNumber("offersOut", s.Offers.Count);
        json.WriteNumber("offersMade", s.Counters.OffersMade);
        json.WriteNumber("offersAccepted", s.Counters.OffersAccepted);
        json.WriteNumber("offersDeclined", s.Counters.OffersDeclined);
        json.WriteNumber("offersRescinded", s.Counters.OffersRescinded);
        json.WriteNumber("callsRefused", s.Counters.CallsRefused);
        ViewJson.Write(json, "total", s.Total);
        ViewJson.Write(json, "used", s.Used);
        ViewJson.Write(json, "offered", s.Offered);
        json.WriteEndObject();
    }
}

internal static class AgentsCommand
{
    public static Command Create()
    {
        var command = CreateList();
        command.Add(DrainCommand.CreateGone());
        return command;
    }

    private static Command CreateList() => ViewCommand.Create("agents", "List the agents, or mark one gone", "agora agents", withTasks: false,
        s => Table(["ID", "HOSTNAME", "STATE", "CPUS", "USED", "OFFERED", "MEM (MiB)", "USED", "OFFERED", "TASKS", "ATTRIBUTES"],
            s.Agents.Select(a => (IReadOnlyList<string>)
            [
                a.Info.Id?.Value ?? "", a.Info.Hostname, a.Condition.ToString().ToLowerInvariant(), Cpus(a.Info.Resources),
                Cpus(a.Used), Cpus(a.Offered), Mib(a.Info.Resources), Mib(a.Used), Mib(a.Offered), $"{a.Tasks}",
                a.Info.Attributes.ToString(),
            ])),
        (json, s) => ViewJson.List(json, s.Agents, ViewJson.Write));
}

internal static class FrameworksCommand
{
    public static Command Create() => ViewCommand.Create("frameworks", "List the frameworks, ended ones last",
        "agora frameworks", withTasks: false,
        s => Table(["ID", "NAME", "ROLE", "STATE", "SHARE", "FAIR", "CPUS", "MEM (MiB)", "TASKS", "OFFERS", "TAKEN", "DECLINED", "SINCE"],
            s.Frameworks.Select(f => (IReadOnlyList<string>)
            [
                f.Info.Id?.Value ?? "", f.Info.Name, f.Info.Role,
                f.Suppressed ? "suppressed" : f.Condition.ToString().ToLowerInvariant(), Percent(f.DominantShare),
                Percent(f.FairShare), Cpus(f.Used), Mib(f.Used), $"{f.RunningTasks}", $"{f.OffersMade}",
                $"{f.OffersAccepted}", $"{f.OffersDeclined}", Ago(f.Registered, s.Time),
            ])),
        (json, s) => ViewJson.List(json, s.Frameworks, ViewJson.Write));
}

internal static class TasksCommand
{
    public static Command Create() => ViewCommand.Create("tasks", "List tasks, live and ended", "agora tasks --json",
        withTasks: true,
        s => Table(["ID", "FRAMEWORK", "STATE", "HOSTNAME", "CPUS", "MEM (MiB)", "NAME", "LAST"],
            s.Tasks.Select(t => (IReadOnlyList<string>)
            [
                t.Id.Value, t.FrameworkId.Value, t.State.ToString().ToLowerInvariant(), t.Hostname, Cpus(t.Resources),
                Mib(t.Resources), t.Name, t.History.Count == 0 ? "" : $"{t.History[^1].Message}",
            ])),
        (json, s) => ViewJson.List(json, s.Tasks, ViewJson.Write));
}

internal static class OffersCommand
{
    public static Command Create() => ViewCommand.Create("offers", "List the offers that are out", "agora offers",
        withTasks: false,
        s => Table(["ID", "FRAMEWORK", "HOSTNAME", "AGE", "LEFT", "RESOURCES"],
            s.Offers.Select(o => (IReadOnlyList<string>)
            [
                o.Id.ToString(), o.FrameworkId.Value, o.Hostname, $"{(s.Time - o.Made).TotalSeconds:0.0}s",
                $"{(o.Expires - s.Time).TotalSeconds:0.0}s", o.Resources.ToString(),
            ])),
        (json, s) => ViewJson.List(json, s.Offers, ViewJson.Write));
}
