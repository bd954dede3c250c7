using System.CommandLine;
using System.Globalization;
using static Agora.Cli.Output;

namespace Agora.Cli.Commands;

internal static class MaintenanceCommand
{
    public static Command Create() => new("maintenance", "Take machines out of use for a time, planned beforehand"
        .WithExample("agora maintenance schedule --machines node2,node3 --in 1h --for 2h"))
    {
        CreateSchedule(), CreateStatus(), CreateCancel(),
    };

    private static Command CreateSchedule()
    {
        var machines = new Option<string>("--machines") { Description = "Hostnames with commas", Required = true, HelpName = "names" };
        var start = new Option<string?>("--start") { Description = "When it begins, as 2026-12-01T20:00:00Z; local time without Z", HelpName = "time" };
        var wait = Lookup.DurationOption("--in", "How long from now it begins; default at once");
        var duration = Lookup.DurationOption("--for", "How long it lasts; default until it is cancelled");
        var name = new Option<string?>("--name") { Description = "To refer to it; one that is scheduled already is changed; default made of machine and time" };
        var master = Cluster.MasterOption();
        var command = new Command("schedule", "Plan a time in which nothing is offered on these machines; frameworks with tasks there are asked to leave"
            .WithExample("agora maintenance schedule --machines node2,node3 --in 1h --for 2h"))
        {
            machines, start, wait, duration, name, master,
        };
        command.Does(async (parsed, _) =>
        {
            var begins = Begins(parsed.GetValue(start), Lookup.Duration(parsed.GetValue(wait)));
            string[] hosts = parsed.GetValue(machines)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var called = parsed.GetValue(name) ?? $"{hosts.FirstOrDefault()}-{begins.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}";
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var refused = await cluster.OrderAsync(new OperatorCommand.ScheduleMaintenance(called, hosts,
                new Unavailability(begins, Lookup.Duration(parsed.GetValue(duration)))));
            if (refused is not null)
                throw new Failure("no maintenance was scheduled", refused, "see 'agora maintenance schedule --help'");
            Console.WriteLine(called);
            return 0;
        });
        return command;
    }

    private static DateTimeOffset Begins(string? start, TimeSpan? wait)
    {
        if (start is null)
            return DateTimeOffset.UtcNow + (wait ?? TimeSpan.Zero);
        if (wait is not null)
            throw new Failure("when it begins is said twice", "--start and --in are both given", "give one of them", 2);
        return DateTimeOffset.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time.ToUniversalTime()
            : throw new Failure($"'{start}' is not a time", "it cannot be read as one", "write it as 2026-12-01T20:00:00Z", 2);
    }

    private static Command CreateStatus() => ViewCommand.Create("status", "List maintenance that is planned or goes on, and what frameworks say to it",
        "agora maintenance status", withTasks: false, Print, (json, s) => ViewJson.List(json, s.Maintenance, ViewJson.Write));

    private static void Print(ClusterSnapshot s)
    {
        Table(["NAME", "STATE", "START", "END", "MACHINES"], s.Maintenance.Select(m => (IReadOnlyList<string>)
        [
            m.Window.Name, m.Window.IsOn(s.Time) ? "on" : "planned", Time(m.Window.When.Start), m.Window.When.End is { } end ? Time(end) : "",
            string.Join(',', m.Window.Machines),
        ]));
        var asked = s.Maintenance.SelectMany(m => m.InverseOffers.Select(o => (m.Window.Name, Offer: o))).ToList();
        if (asked.Count == 0)
            return;
        Console.WriteLine();
        Table(["NAME", "HOSTNAME", "FRAMEWORK", "TASKS", "ANSWER"], asked.Select(a => (IReadOnlyList<string>)
        [
            a.Name, a.Offer.Hostname, a.Offer.FrameworkId.Value, $"{a.Offer.Tasks}",
            a.Offer.Accepted switch { null => "none yet", true => "accepted", false => $"declined: {a.Offer.Reason}" },
        ]));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Command CreateCancel()
    {
        var name = new Argument<string>("name") { Description = "The maintenance's name, from 'agora maintenance status'" };
        var master = Cluster.MasterOption();
        var command = new Command("cancel", "End maintenance, planned or going on: the machines are offered as before"
            .WithExample("agora maintenance cancel node2-20261201T200000Z")) { name, master };
        command.Does(async (parsed, _) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            var refused = await cluster.OrderAsync(new OperatorCommand.CancelMaintenance(parsed.GetValue(name)!));
            return refused is null ? 0 : throw new Failure("nothing was cancelled", refused, "see 'agora maintenance status'");
        });
        return command;
    }
}
