using Agora.Election;
using Agora.Mpi.Scheduling;
using Agora.Sdk;
using Grpc.Core;

namespace Agora.Mpi.Launch;

/// <summary>
/// Says what a job waits for, once it has waited a while, and again when that changes. A job that would not fit into the
/// cluster if it were empty need not wait at all.
/// </summary>
/// <param name="mustFit">Refuse a job that is too large; else wait for agents to come.</param>
internal sealed class WaitingReport(MasterLocation master, GangScheduler scheduler, SchedulerDriver driver, GangRequest request, bool mustFit)
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(3), Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(5);

    /// <summary>A master that leads after another learns of its agents as they come back; before that it cannot say what there is.</summary>
    private static readonly TimeSpan AgentsBack = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _time = TimeProvider.System;
    private bool _isSeenToFit = !mustFit;

    /// <param name="refuse">Told why the job cannot be run here.</param>
    public async Task RunAsync(Action<MpiFailure> refuse, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(LookAfter, _time, cancellation);
            if (scheduler.IsGathering && await TooLargeAsync() is { } tooLarge)
            {
                refuse(tooLarge);
                return;
            }
            await Task.Delay(Silence - LookAfter, _time, cancellation);
            var start = _time.GetTimestamp();
            for (string? said = null; scheduler.IsGathering; await Task.Delay(Interval, _time, cancellation))
            {
                // The scheduler's own limit begins with the master's first answer.
                if (scheduler.FrameworkId is null && _time.GetElapsedTime(start) >= request.WaitMax)
                {
                    refuse(new MpiFailure("the job was not taken by a master in time", $"the one at {master} does not answer",
                        "see that it runs ('agora up'), or name another with --master", JobEnd.TimedOut));
                    return;
                }
                if (await TooLargeAsync() is { } isTooLarge)
                {
                    refuse(isTooLarge);
                    return;
                }
                var line = await LineAsync();
                if (line != said && !cancellation.IsCancellationRequested)
                    await Console.Error.WriteLineAsync($"mpiexec: {said = line}");
            }
        }
        catch (OperationCanceledException)
        {
            // It waits no more.
        }
    }

    /// <param name="most">The most that was held.</param>
    public async Task<MpiFailure> TimedOutAsync(string most) => new(
        $"the slots for the job did not come together in time: it had {most}", await OthersAsync(),
        "ask for fewer ranks (-n), less for each (--cpus-per-rank, --mem-per-rank), or more time (--wait SECONDS); 'agora tasks' lists what runs",
        JobEnd.TimedOut);

    /// <summary>Who holds what the job does not get.</summary>
    private async Task<string> OthersAsync()
    {
        if (await SnapshotAsync() is not { } snapshot)
            return $"the master at {master} does not answer";
        var others = snapshot.Frameworks.Where(f => f.Info.Id != scheduler.FrameworkId && !f.Used.IsEmpty).Select(f => $"{f.Info.Name} holds {f.Used}").ToList();
        return others.Count > 0 ? string.Join(", ", others) : "nobody else holds anything; other jobs may wait for slots, too";
    }

    private string Wanted => $"{request.Slots} {(request.Slots == 1 ? "slot" : "slots")} of {request.PerSlot}";

    private async Task<string> LineAsync()
    {
        if (scheduler.FrameworkId is null)
            return $"the master at {master} does not answer; trying again";
        return $"waiting for {Wanted}: have {await HaveAsync()}. {await WhyAsync()}";
    }

    /// <summary>What is held now; asked on the scheduler's own loop.</summary>
    public async Task<string> HaveAsync()
    {
        var have = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        driver.Post((_, _) => have.SetResult(scheduler.Have));
        return await have.Task;
    }

    private async Task<string> WhyAsync()
    {
        if (scheduler.FrameworkId is not { } id)
            return $"the master at {master} does not answer";
        return await AskAsync(async client => (await client.ExplainFrameworkAsync(id.Value)).Summary)
            ?? "the master does not say why";
    }

    /// <returns>Null if it fits, or that cannot be told now.</returns>
    private async Task<MpiFailure?> TooLargeAsync()
    {
        if (_isSeenToFit || await SnapshotAsync() is not { } snapshot || snapshot.Epoch > 1 && snapshot.Time - snapshot.Started < AgentsBack)
            return null;
        var agents = snapshot.Agents.Where(a => a.Condition == AgentCondition.Active &&
            (request.OnlyHosts?.Contains(a.Info.Hostname) ?? true)).ToList();
        var room = agents.Sum(a => request.SlotsIn(a.Info.Resources));
        if (room >= request.Slots)
        {
            _isSeenToFit = true;
            return null;
        }
        var largest = agents.MaxBy(a => request.SlotsIn(a.Info.Resources));
        var why = agents.Count == 0 ? request.OnlyHosts is { } hosts ? $"none of its agents is {string.Join(" or ", hosts)}" : "it has no agents"
            : room == 0 ? $"the largest of its {agents.Count} agents, {largest!.Info.Hostname}, has {largest.Info.Resources}, and MpiHost itself needs {GangRequest.HostOverhead}"
            : $"its {agents.Count} agents have room for {room}";
        return new MpiFailure($"{Wanted} would not fit into the cluster if it were empty", why,
            "ask for fewer ranks (-n) or less for each (--cpus-per-rank, --mem-per-rank), or wait for more agents with --wait SECONDS");
    }

    private Task<ClusterSnapshot?> SnapshotAsync() => AskAsync(client => client.SnapshotAsync(withTasks: false));

    private async Task<T?> AskAsync<T>(Func<OperatorClient, Task<T>> ask) where T : class
    {
        await using var client = new OperatorClient(master, AnswerPatience, _time);
        try
        {
            return await ask(client);
        }
        catch (RpcException)
        {
            return null;
        }
    }
}
