using System.Globalization;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qstat -q</c>: what a queue lets a job have at most, and how many it has.</summary>
internal sealed class QueueLimitTable(QstatOptions options) : IStatusLayout
{
    public IReadOnlyList<string> Attributes { get; } = ["max_running", "enabled", "started", "state_count", "resources_max"];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        to.Write($"\nserver: {server}\n\n");
        to.Write("Queue            Memory CPU Time Walltime Node  Run Que Lm  State\n");
        to.Write("---------------- ------ -------- -------- ----  --- --- --  -----\n");
        var (running, queued) = (0, 0);
        foreach (var queue in records)
        {
            var counts = queue["state_count"];
            var (isRunning, isQueued) = (StateCount.Sum(counts, "Running"), StateCount.Sum(counts, "Queued", "Held", "Waiting"));
            running += isRunning;
            queued += isQueued;
            to.Left(queue.Name, 16, 16);
            to.Write(' ');
            to.Right(queue["resources_max", "mem"] is { } memory ? options.InUnit(memory) : "--  ", 6, 6);
            to.Write(' ');
            to.Right(queue["resources_max", "cput"] ?? "--   ", 8, 8);
            to.Write(' ');
            to.Right(queue["resources_max", "walltime"] ?? "--   ", 8, 8);
            to.Write(' ');
            to.Right(queue["resources_max", "nodect"] ?? "-- ", 5, 5);
            to.Write(string.Create(CultureInfo.InvariantCulture, $" {isRunning,3} {isQueued,3} "));
            to.Right(queue["max_running"] ?? "--", 2, 2);
            to.Write($"   {(queue["enabled"] == "True" ? 'E' : 'D')} {(queue["started"] == "True" ? 'R' : 'S')}\n");
        }
        to.Right("----- -----\n", 59);
        to.Right(string.Create(CultureInfo.InvariantCulture, $"{running,5} {queued,5}\n"), 59);
    }
}
