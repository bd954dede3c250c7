using System.Diagnostics;

namespace Agora.Workloads.Live.Macro;

/// <summary>The whole mix once.</summary>
/// <param name="Times">Of each job.</param>
/// <param name="Samples">Who held what.</param>
/// <param name="Total">What there was to hold.</param>
internal sealed record MacroRun(IReadOnlyList<MacroTime> Times, IReadOnlyList<ShareSample> Samples, (double Cpus, double MemoryMib) Total)
{
    /// <summary>From the beginning until the last job had ended, in seconds.</summary>
    public double Makespan => Times.Max(t => t.Ended);

    /// <summary>Sum of the running times of a framework's jobs, in seconds, waiting included.</summary>
    public double Sum(string framework) => Times.Where(t => t.Job.Framework == framework).Sum(t => t.Seconds);

    /// <summary>Submits the jobs as the mix has them and waits for all, then looks at what they left.</summary>
    /// <exception cref="WrongOutputException">A job failed, or its result is wrong.</exception>
    public static async Task<MacroRun> OfAsync(MacroSites sites, IReadOnlyList<MacroJob> jobs, Action<int> ended, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        double Now() => clock.Elapsed.TotalSeconds;
        var done = 0;

        async Task<MacroTime> Run(MacroJob job, double at)
        {
            if (at > Now())
                await Task.Delay(TimeSpan.FromSeconds(at - Now()), cancellation);
            var submitted = Now();
            // A thread of its own: the shared pool would start many of them only one by one.
            await Task.Factory.StartNew(() => sites.Of(job.Framework).Shell(job.Line), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            ended(Interlocked.Increment(ref done));
            return new MacroTime(job, submitted, Now());
        }

        async Task<IReadOnlyList<MacroTime>> Framework(IEnumerable<MacroJob> own)
        {
            List<Task<MacroTime>> running = [];
            foreach (var job in own)
            {
                var from = job.IsAfterPrevious && running.Count > 0 ? (await running[^1]).Ended : 0;
                running.Add(Run(job, from + job.At));
            }
            return await Task.WhenAll(running);
        }

        await using var sampler = new ShareSampler(sites.Masters, Now);
        var times = (await Task.WhenAll(jobs.GroupBy(j => j.Framework).Select(Framework))).SelectMany(t => t).ToList();
        var samples = await sampler.EndAsync();
        await Task.Run(() =>
        {
            foreach (var job in jobs)
                Check(sites.Of(job.Framework), job);
        }, cancellation);
        return new MacroRun(times, samples, sampler.Total);
    }

    private static void Check(BenchCluster site, MacroJob job)
    {
        try
        {
            site.Shell(job.Check);
        }
        catch (WrongOutputException e)
        {
            throw new WrongOutputException($"job {job.Name} ({job.Type}) did not give what it should have: {e.Message}");
        }
    }
}
