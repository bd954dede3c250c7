using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qstat -Q</c>: numbers of jobs in each queue.</summary>
internal sealed class QueueTable : IStatusLayout
{
    private const int NameWidth = 16, Width = 5;

    private static readonly string[] Headings = ["Max", "Tot", "Ena", "Str", "Que", "Run", "Hld", "Wat", "Trn", "Ext", "T", "Cpt"];

    private static readonly string[] Rules = ["---", "----", "--", "--", "---", "---", "---", "---", "---", "---", "-", "---"];

    private bool _hasHeading;

    public IReadOnlyList<string> Attributes { get; } = ["max_running", "total_jobs", "enabled", "started", "state_count", "queue_type"];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        if (!_hasHeading)
        {
            Row(to, "Queue", Headings);
            Row(to, "----------------", Rules);
            _hasHeading = true;
        }
        foreach (var queue in records)
        {
            var counts = queue["state_count"];
            Row(to, queue.Name,
            [
                queue["max_running"] ?? "0", queue["total_jobs"] ?? "0", YesNo(queue["enabled"]), YesNo(queue["started"]),
                StateCount.Of(counts, "Queued"), StateCount.Of(counts, "Running"), StateCount.Of(counts, "Held"),
                StateCount.Of(counts, "Waiting"), StateCount.Of(counts, "Transit"), StateCount.Of(counts, "Exiting"),
                (queue["queue_type"] ?? "not defined")[..1], StateCount.Of(counts, "Complete"),
            ]);
        }
    }

    private static string YesNo(string? value) => value is "True" or "true" or "1" ? "yes" : "no";

    private static void Row(TextWriter to, string name, ReadOnlySpan<string> values)
    {
        to.Left(name, NameWidth, NameWidth);
        for (var i = 0; i < values.Length; i++)
        {
            to.Write(' ');
            // The total has a column more; the type of queue is one letter.
            var width = Headings[i] switch { "Tot" => Width + 1, "T" => 1, _ => Width };
            to.Right(values[i], width, width);
        }
        to.Write('\n');
    }
}
