namespace Agora.Workloads.Check;

/// <summary>
/// A bare loop that does what an allocation pass cannot do without: ten thousand times the smallest of a thousand shares is taken out
/// of a heap, grows, and goes back, and an agent's entry in a dictionary is written. Other figures are held against its time, so that
/// they mean the same on a slower machine or a busier day.
/// </summary>
internal static class Calibration
{
    private const int Agents = 10_000, Frameworks = 1_000, Turns = 50;

    // Made once: what a collector does with garbage of this loop would depend on all else that is alive.
    private static readonly string[] Names = [.. Enumerable.Range(0, Agents).Select(i => $"agent-{i}")];
    private static readonly PriorityQueue<int, double> Heap = new(Frameworks);
    private static readonly Dictionary<string, int> Taken = new(Agents);
    private static readonly double[] Shares = new double[Frameworks];

    /// <returns>Milliseconds of processor time.</returns>
    public static double Milliseconds()
    {
        GC.Collect();
        var before = Environment.CpuUsage.TotalTime;
        for (var turn = 0; turn < Turns; turn++)
        {
            Heap.Clear();
            Taken.Clear();
            Array.Clear(Shares);
            for (var i = 0; i < Frameworks; i++)
                Heap.Enqueue(i, 0);
            foreach (var agent in Names)
            {
                var framework = Heap.Dequeue();
                Shares[framework] += 1.0 / Agents;
                Taken.Add(agent, framework);
                Heap.Enqueue(framework, Shares[framework]);
            }
        }
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Turns;
    }
}
