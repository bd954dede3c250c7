using System.Diagnostics;
using Agora.Sdk;
using Agora.Workloads.Live.Macro;
using Grpc.Core;

namespace Agora.Workloads.Recovery;

/// <summary>A run: jobs of each framework one after the other, again and again, while faults happen; then all is left to settle.</summary>
/// <param name="Problems">What should not be, in words; none if all is well.</param>
internal sealed record ChaosRun(
    IReadOnlyList<FaultEvent> Faults, IReadOnlyList<JobOutcome> Jobs, IReadOnlyList<ProgressSample> Samples, IReadOnlyList<string> Problems)
{
    /// <summary>For jobs that have begun to end, and for the last ones, once nothing breaks any more.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan HealthPatience = TimeSpan.FromMinutes(2), ReadPatience = TimeSpan.FromSeconds(5);

    private const int ToldMax = 2_000;

    /// <summary>Of the jobs that run when all is over; no other comes to it.</summary>
    private const int LastRound = 1_000_000;

    public static async Task<ChaosRun> OfAsync(
        ChaosSite site, MacroMix mix, IReadOnlyList<Fault> schedule, double seconds, Action<double, string> tell, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        double Clock() => watch.Elapsed.TotalSeconds;
        List<FaultEvent> faults = [];
        var ended = 0;
        await using var sampler = new ProgressSampler(site.Location, Clock);
        await using var striker = new FaultStriker(site, Clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds) + Settling);

        async Task<IReadOnlyList<JobOutcome>> WorkAsync(string framework)
        {
            List<JobOutcome> outcomes = [];
            foreach (var job in JobsOf(mix, framework))
            {
                if (Clock() >= seconds || patience.IsCancellationRequested)
                    break;
                outcomes.Add(await RunAsync(site, job, Clock, patience.Token));
                Interlocked.Increment(ref ended);
            }
            return outcomes;
        }

        var working = Task.WhenAll(MacroMix.Frameworks.Append(MacroMix.MpiRole).Select(WorkAsync));
        foreach (var fault in schedule)
        {
            if (fault.At > Clock())
                await Task.Delay(TimeSpan.FromSeconds(fault.At - Clock()), cancellation);
            faults.Add(await striker.StrikeAsync(fault));
            tell(Clock() / seconds, $"{faults.Count} of {schedule.Count} faults, {ended} jobs have ended");
        }
        await striker.EndAsync();
        tell(1, "the last jobs end");
        var jobs = (await working).SelectMany(j => j).ToList();
        var samples = await sampler.EndAsync();
        List<string> problems = [.. await UnhealthyAsync(site, cancellation)];
        // What has suffered is as good as new.
        foreach (var job in MacroMix.Frameworks.Append(MacroMix.MpiRole).Select(f => JobsOf(mix, f, LastRound).First()))
            jobs.Add(await RunAsync(site, job, Clock, patience.Token));
        jobs = [.. await Task.Run(() => jobs.Select(j => j.ExitCode == 0 ? j with { Wrong = WrongOf(site, j.Job) } : j).ToList(), cancellation)];
        problems.AddRange(jobs.Select(j => ProblemOf(j, faults)).OfType<string>());
        return new ChaosRun(faults, jobs, samples, problems);
    }

    /// <returns>Null if the job ended as it may.</returns>
    internal static string? ProblemOf(JobOutcome job, IReadOnlyList<FaultEvent> faults)
    {
        var when = FormattableString.Invariant($"{job.Job.Name} ({job.Job.Type}), submitted after {job.Submitted:0.0} s,");
        return job.ExitCode is null ? $"{when} did not end; it said: {job.Told}"
            : job.Wrong is { } wrong ? $"{when} gave a wrong result: {wrong}"
            : job.ExitCode != 0 && job.Reason(faults) is null
                ? FormattableString.Invariant($"{when} failed after {job.Ended:0.0} s with exit code {job.ExitCode}, and no fault explains it; it said: {job.Told}")
            : null;
    }

    /// <summary>Without end.</summary>
    private static IEnumerable<MacroJob> JobsOf(MacroMix mix, string framework, int first = 1)
    {
        for (var round = first; ; round++)
        {
            if (framework == MacroMix.MpiRole)
                yield return mix.Mpi($"mpi{round}");
            else
                foreach (var job in mix.Jobs(round).Where(j => j.Framework == framework))
                    yield return job;
        }
    }

    private static async Task<JobOutcome> RunAsync(ChaosSite site, MacroJob job, Func<double> clock, CancellationToken patience)
    {
        var submitted = clock();
        using var process = Process.Start(site.StartOf(job.Line))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        int? exitCode = null;
        try
        {
            await process.WaitForExitAsync(patience);
            exitCode = process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        var ended = clock();
        var reading = Task.WhenAll(output, error);
        // Somebody who goes on in the background may hold them open.
        await Task.WhenAny(reading, Task.Delay(ReadPatience, CancellationToken.None));
        var told = reading.IsCompletedSuccessfully ? $"{output.Result}{error.Result}".Trim() : "its output is still open";
        return new JobOutcome(job, submitted, ended, exitCode, told.Length > ToldMax ? told[^ToldMax..] : told);
    }

    private static string? WrongOf(ChaosSite site, MacroJob job)
    {
        try
        {
            site.Shell(job.Check);
            return null;
        }
        catch (WrongOutputException e)
        {
            return $"{e.Message}\n{Difference(site, job)}";
        }
    }

    /// <summary>Some lines of it, where that can be told.</summary>
    private static string Difference(ChaosSite site, MacroJob job)
    {
        try
        {
            var lines = site.Shell($"({job.Check.Replace("cmp ", "diff ", StringComparison.Ordinal)}) || true");
            return lines.Length > ToldMax ? lines[..ToldMax] : lines;
        }
        catch (WrongOutputException e)
        {
            return e.Message;
        }
    }

    /// <summary>Waits until a master leads and all agents are back.</summary>
    private static async Task<IReadOnlyList<string>> UnhealthyAsync(ChaosSite site, CancellationToken cancellation)
    {
        await using var client = new OperatorClient(site.Location, ReadPatience, TimeProvider.System);
        var waited = Stopwatch.StartNew();
        for (var seen = ""; ;)
        {
            try
            {
                var agents = (await client.SnapshotAsync(withTasks: false, cancellation)).Agents;
                if (agents.Count == ChaosSite.Nodes && agents.All(a => a.Condition == AgentCondition.Active))
                    return [];
                seen = string.Join(", ", agents.Select(a => $"{a.Info.Hostname} {a.Condition}"));
            }
            catch (RpcException e)
            {
                seen = e.Status.Detail;
            }
            if (waited.Elapsed > HealthPatience)
                return [$"not all agents are back {HealthPatience.TotalSeconds:0} s after the last fault: {seen}"];
            await Task.Delay(ReadPatience / 10, cancellation);
        }
    }
}
