namespace Agora.Workloads.Check;

/// <summary>
/// A bare loop that does what an allocation pass cannot do without: ten thousand times the smallest of a thousand shares is taken out
/// of a heap, grows, and goes back, and an agent's entry in a dictionary is written. Other figures are held against its time, so that
/// they mean the same on a slower machine or a busier day.
/// </summary>
internal static class Calibration
{
    private const int Agents = 10_000, Frameworks = 1_000, Turns = 50;

    /// <returns>Milliseconds of processor time.</returns>
    public static double Milliseconds()
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var turn = 0; turn < Turns; turn++)
        {
            var heap = new PriorityQueue<int, double>(Frameworks);
            var shares = new double[Frameworks];
            var taken = new Dictionary<string, int>(Agents);
            for (var i = 0; i < Frameworks; i++)
                heap.Enqueue(i, 0);
            for (var i = 0; i < Agents; i++)
            {
                var framework = heap.Dequeue();
                shares[framework] += 1.0 / Agents;
                taken.Add($"agent-{i}", framework);
                heap.Enqueue(framework, shares[framework]);
            }
        }
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Turns;
    }
}
