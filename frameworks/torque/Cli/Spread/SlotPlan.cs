namespace Agora.Torque.Cli.Spread;

/// <summary>One copy of a program.</summary>
/// <param name="Host">As the node file has it.</param>
/// <param name="Node">PBS_NODENUM: number of the host, in the order of the node file.</param>
/// <param name="Slot">PBS_VNODENUM: number of the line in the node file.</param>
/// <param name="Task">PBS_TASKNUM; the batch script is task 1.</param>
internal sealed record SlotTask(string Host, int Node, int Slot, int Task);

/// <summary>Which copies run where.</summary>
internal static class SlotPlan
{
    private const int FirstTask = 2;

    /// <param name="lines">Of the node file.</param>
    /// <exception cref="CommandFailure">There is no such slot or host.</exception>
    public static IReadOnlyList<SlotTask> Of(IReadOnlyList<string> lines, PbsdshOptions options)
    {
        List<string> hosts = [.. lines.Distinct()];
        List<int> slots = [.. Enumerable.Range(0, lines.Count)];
        if (options.OncePerHost)
            slots = [.. hosts.Select(h => IndexOf(lines, h))];
        if (options.Host is { } host)
            slots = IndexOf(lines, host) is var first and >= 0 ? [first] : throw new CommandFailure(1, $"pbsdsh: {host} is none of this job's hosts: {string.Join(' ', hosts)}");
        if (options.Slots is { } numbers)
            slots = [.. numbers.Select(n => n < lines.Count ? n : throw new CommandFailure(1, $"pbsdsh: there is no slot {n}: this job has 0 to {lines.Count - 1}"))];
        if (options.Copies is { } copies)
            slots = [.. Enumerable.Range(0, copies).Select(i => slots[i % slots.Count])];
        return [.. slots.Select((slot, i) => new SlotTask(lines[slot], hosts.IndexOf(lines[slot]), slot, FirstTask + i))];
    }

    private static int IndexOf(IReadOnlyList<string> lines, string host)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i] == host)
                return i;
        }
        return -1;
    }
}
