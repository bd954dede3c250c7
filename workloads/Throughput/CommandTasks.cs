using System.Diagnostics;
using Agora.Election;
using Agora.Sdk;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Throughput;

/// <summary>Real command tasks, <c>/bin/true</c>, through one real agent, beside this machine's bare rate of starting that program.</summary>
internal static class CommandTasks
{
    private const int Runs = 5, Room = 16, TaskMib = 16;
    private const string Program = "/bin/true";

    public static async Task<IReadOnlyList<Row>> MeasureAsync(TimeSpan time, CancellationToken cancellation)
    {
        await using var cluster = await BenchCluster.StartAsync($"--agents 1 --cpus {Room} --mem {Room * TaskMib} --no-services", cancellation);
        var masters = new MasterLocation.Hosts([cluster.Master]);
        List<double> tasks = [], bare = [];
        for (var run = 0; run <= Runs; run++)
        {
            var (through, alone) = (await ThroughAgentAsync(masters, $"true{run}", time, cancellation), await AloneAsync(time));
            if (run == 0)
                continue; // Warm then.
            tasks.Add(through);
            bare.Add(alone);
        }
        return
        [
            new Row("command-tasks", "tasks/s", Measures.Median(tasks), Measures.Median(bare), $"bare starts of {Program}"),
        ];
    }

    /// <returns>Tasks that ended in a second.</returns>
    private static async Task<double> ThroughAgentAsync(MasterLocation masters, string name, TimeSpan time, CancellationToken cancellation)
    {
        var scheduler = new Starter(name);
        var driver = new SchedulerDriver(scheduler, masters, TimeProvider.System);
        var running = driver.RunAsync(cancellation);
        while (scheduler.Ended < Room)
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellation);
        var (before, clock) = (scheduler.Ended, Stopwatch.StartNew());
        await Task.Delay(time, cancellation);
        var rate = (scheduler.Ended - before) / clock.Elapsed.TotalSeconds;
        await driver.StopAsync(teardown: true);
        await running;
        return scheduler.Failed == 0 ? rate : throw new WrongOutputException($"{scheduler.Failed} tasks did not end well");
    }

    /// <returns>Programs that were started and had ended in a second, one on each processor at any time.</returns>
    private static async Task<double> AloneAsync(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var started = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() =>
        {
            var count = 0;
            for (; clock.Elapsed < time; count++)
            {
                using var process = Process.Start(Program);
                process.WaitForExit();
            }
            return count;
        })));
        return started.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Fills all it is offered with the program.</summary>
    private sealed class Starter(string name) : IScheduler
    {
        private static readonly Resources Each = Resources.Of(1, TaskMib);
        private int _launched, _ended, _failed;

        public int Ended => Volatile.Read(ref _ended);
        public int Failed => Volatile.Read(ref _failed);
        public SchedulerCall.Subscribe Subscription { get; } = new(new FrameworkInfo(null, name));
        public DateTimeOffset? NextDeadline => null;

        public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
        {
        }

        public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
        {
            if (e is SchedulerEvent.Update({ State: var state }) && state.IsTerminal())
            {
                Volatile.Write(ref _ended, _ended + 1);
                if (state != TaskState.Finished)
                    Volatile.Write(ref _failed, _failed + 1);
            }
            if (e is not SchedulerEvent.Offers(var offers))
                return;
            foreach (var offer in offers)
            {
                List<TaskSpec> tasks = [];
                for (var room = offer.Resources.ScalarsDividedBy(Each); room > 0; room--)
                    tasks.Add(new TaskSpec(new TaskId($"t{++_launched}"), "true", offer.AgentId, Each, new CommandSpec([Program])));
                calls.Add(tasks.Count > 0 ? new SchedulerCall.Accept([offer.Id], tasks) : new SchedulerCall.Decline([offer.Id], "too small"));
            }
        }
    }
}
