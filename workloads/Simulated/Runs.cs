using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated;

/// <summary>Runs that know nothing of each other, on all processors; what they give does not depend on how many those are.</summary>
internal static class Runs
{
    public static T[] Of<T>(int count, Func<int, T> run, Progress progress, string what)
    {
        var results = new T[count];
        var done = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            results[i] = run(i);
            progress.Tell((double)Interlocked.Increment(ref done) / count, what);
        });
        return results;
    }

    /// <summary>The seed of a run: near seeds must not give near streams of chance.</summary>
    public static ulong Seed(ulong first, int run) => first * 0x9E3779B97F4A7C15 + (ulong)run * 0xD1B54A32D192ED03;
}
