using System.Diagnostics;
using System.Text.Json.Nodes;
using Agora.Election;
using Agora.Sdk;

namespace Agora.Workloads.Recovery;

/// <summary>A real agent with real command tasks is killed hard and started again.</summary>
internal static class AgentRestart
{
    private const string Node = "node1";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5), Patience = TimeSpan.FromMinutes(2);

    /// <returns>From the new process's start until the master has all of its tasks back.</returns>
    public static async Task<TimeSpan> RunAsync(int tasks, CancellationToken cancellation)
    {
        await using var cluster = await BenchCluster.StartAsync($"--agents 1 --cpus {tasks} --mem {tasks * 32} --no-services", cancellation);
        var masters = new MasterLocation.Hosts([cluster.Master]);
        var sleepers = new Sleepers(tasks);
        var driver = new SchedulerDriver(sleepers, masters, TimeProvider.System);
        var running = driver.RunAsync(cancellation);
        await using var client = new OperatorClient(masters, TimeSpan.FromSeconds(10), TimeProvider.System);
        await UntilAsync(() => Task.FromResult(sleepers.Running == tasks), "its tasks do not run", cancellation);

        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(cluster.Directory, "state", "cluster.json")))!;
        var pid = (int)description["processes"]!.AsArray().Single(p => (string)p!["name"]! == Node)!["pid"]!;
        var command = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        using (var old = Process.GetProcessById(pid))
            old.Kill();
        await UntilAsync(async () => (await client.SnapshotAsync(withTasks: false, cancellation)).Agents.Single().Condition != AgentCondition.Active,
            "the master does not see the agent's end", cancellation);
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var clock = Stopwatch.StartNew();
        using var agent = Process.Start(start)!;
        agent.OutputDataReceived += (_, _) => { };
        agent.BeginOutputReadLine();
        agent.ErrorDataReceived += (_, _) => { };
        agent.BeginErrorReadLine();
        await UntilAsync(async () => (await client.SnapshotAsync(withTasks: false, cancellation)).Agents.Single().Condition == AgentCondition.Active,
            "the agent does not come back", cancellation);
        var elapsed = clock.Elapsed;
        var back = (await client.SnapshotAsync(withTasks: true, cancellation)).Tasks.Count(t => t.State == TaskState.Running);
        await driver.StopAsync(teardown: true);
        await running;
        agent.Kill();
        return back == tasks ? elapsed : throw new WrongOutputException($"{back} of {tasks} tasks are back");
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise, CancellationToken cancellation)
    {
        for (var waited = Stopwatch.StartNew(); !await isSo(); await Task.Delay(Pause, cancellation))
            if (waited.Elapsed > Patience)
                throw new WrongOutputException(otherwise);
    }

    /// <summary>Launches so many tasks that only sleep.</summary>
    private sealed class Sleepers(int tasks) : IScheduler
    {
        private static readonly Resources Each = Resources.Of(1, 16);
        private int _running, _launched;

        public int Running => Volatile.Read(ref _running);
        public SchedulerCall.Subscribe Subscription { get; } = new(new FrameworkInfo(null, "sleepers", FailoverTimeout: TimeSpan.FromMinutes(10)));
        public DateTimeOffset? NextDeadline => null;

        public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
        {
        }

        public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
        {
            if (e is SchedulerEvent.Update { Status.State: TaskState.Running })
                Volatile.Write(ref _running, _running + 1);
            if (e is not SchedulerEvent.Offers(var offers))
                return;
            foreach (var offer in offers)
            {
                List<TaskSpec> launched = [];
                for (var room = offer.Resources.ScalarsDividedBy(Each); room > 0 && _launched < tasks; room--)
                    launched.Add(new TaskSpec(new TaskId($"t{++_launched}"), "sleeper", offer.AgentId, Each, new CommandSpec(["sleep", "100000"])));
                calls.Add(launched.Count > 0 ? new SchedulerCall.Accept([offer.Id], launched) : new SchedulerCall.Decline([offer.Id], "has all its tasks"));
            }
        }
    }
}
