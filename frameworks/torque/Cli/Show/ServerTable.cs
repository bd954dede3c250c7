using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qstat -B</c>: the server and its numbers of jobs.</summary>
internal sealed class ServerTable : IStatusLayout
{
    private const int NameWidth = 16, Width = 5, StatusWidth = 10;

    public IReadOnlyList<string> Attributes { get; } = ["max_running", "total_jobs", "state_count", "server_state"];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        Row(to, "Server", ["Max", "Tot", "Que", "Run", "Hld", "Wat", "Trn", "Ext", "Com"], "Status");
        Row(to, "----------------", ["---", "---", "---", "---", "---", "---", "---", "---", "---"], "----------");
        foreach (var one in records)
        {
            var counts = one["state_count"];
            Row(to, one.Name,
            [
                one["max_running"] ?? "0", one["total_jobs"] ?? "0", StateCount.Of(counts, "Queued"), StateCount.Of(counts, "Running"),
                StateCount.Of(counts, "Held"), StateCount.Of(counts, "Waiting"), StateCount.Of(counts, "Transit"),
                StateCount.Of(counts, "Exiting"), StateCount.Of(counts, "Complete"),
            ], one["server_state"] ?? "");
        }
    }

    private static void Row(TextWriter to, string name, ReadOnlySpan<string> values, string status)
    {
        to.Left(name, NameWidth, NameWidth);
        foreach (var value in values)
        {
            to.Write(' ');
            to.Right(value, Width, Width);
        }
        to.Write(' ');
        to.Left(status, StatusWidth, StatusWidth);
        to.Write('\n');
    }
}
