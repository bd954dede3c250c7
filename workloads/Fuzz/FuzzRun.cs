using System.Diagnostics;

namespace Agora.Workloads.Fuzz;

/// <summary>What a run over one target showed.</summary>
/// <param name="Ways">Outcomes that differed.</param>
/// <param name="Findings">Inputs that it must bear and does not, and what happened; at most a few.</param>
/// <param name="GrowthBytes">Of memory in use, from a tenth of the run to its end.</param>
internal sealed record FuzzResult(string Name, long Inputs, int Ways, double Seconds, long GrowthBytes, IReadOnlyList<(byte[] Input, string What)> Findings);

/// <summary>
/// Gives a target many inputs, the same ones for the same seed: examples, made ones, and changed ones of those that led to
/// something new. Whatever it does but answer quickly and without much memory is a finding.
/// </summary>
internal static class FuzzRun
{
    private const int FindingsMax = 5, KeptMax = 2_000;
    private const double MadeShare = 0.2;
    private const long GrowthBytesMax = 32 << 20;

    /// <summary>For one input; a thousand times what any takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="TimeoutException">An input took longer than any may; the message holds it.</exception>
    public static FuzzResult Of(FuzzTarget target, long inputs, int seed)
    {
        byte[] current = [];
        var done = 0L;
        FuzzResult? result = null;
        Exception? failure = null;
        var worker = new Thread(() =>
        {
            try
            {
                result = Run(target, inputs, seed, input =>
                {
                    Volatile.Write(ref current, input);
                    Interlocked.Increment(ref done);
                });
            }
            catch (Exception e)
            {
                failure = e;
            }
        }, maxStackSize: 16 << 20)
        { IsBackground = true };
        worker.Start();
        for (var seen = -1L; !worker.Join(Patience);)
        {
            if (Interlocked.Read(ref done) == seen)
                throw new TimeoutException($"{target.Name}: an input takes longer than {Patience.TotalSeconds} s: {Convert.ToBase64String(Volatile.Read(ref current))}");
            seen = Interlocked.Read(ref done);
        }
        return result ?? throw new InvalidOperationException($"{target.Name}: {failure}", failure);
    }

    private static FuzzResult Run(FuzzTarget target, long inputs, int seed, Action<byte[]> begins)
    {
        var random = new Random(seed);
        var mutator = new Mutator(random, target.Words);
        List<byte[]> kept = [.. target.Examples];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<(byte[], string)> findings = [];
        var clock = Stopwatch.StartNew();
        var usedAtFirst = 0L;
        for (var i = 0L; i < inputs && findings.Count < FindingsMax; i++)
        {
            if (i == inputs / 10)
                usedAtFirst = GC.GetTotalMemory(forceFullCollection: true);
            var input = i < target.Examples.Count ? target.Examples[(int)i]
                : target.Generate is { } make && random.NextDouble() < MadeShare ? make(random) : mutator.Change(kept[random.Next(kept.Count)], kept);
            begins(input);
            var before = GC.GetAllocatedBytesForCurrentThread();
            string outcome;
            try
            {
                outcome = target.Try(input);
            }
            catch (Exception e)
            {
                findings.Add((input, e.ToString()));
                continue;
            }
            if (GC.GetAllocatedBytesForCurrentThread() - before is var allocated && allocated > target.AllocatedBytesMax + 1000L * input.Length)
                findings.Add((input, $"allocated {allocated:N0} bytes for {input.Length}"));
            if (kept.Count < KeptMax && seen.Add(outcome))
                kept.Add(input);
        }
        var growth = GC.GetTotalMemory(forceFullCollection: true) - usedAtFirst;
        if (growth > GrowthBytesMax)
            findings.Add(([], $"memory in use grew by {growth:N0} bytes"));
        return new FuzzResult(target.Name, inputs, seen.Count, clock.Elapsed.TotalSeconds, growth, findings);
    }
}
