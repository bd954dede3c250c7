using Agora;
using Agora.Cluster;
using Agora.Simulation;
using AgoraFramework;
using Xunit;

/// <summary>The scheduler on a simulated cluster: the real master and agents, in virtual time.</summary>
public class CommandsSchedulerTests
{
    private readonly World _world = new(seed: 1, new MasterOptions())
    {
        Commands = command => new TaskBody(TimeSpan.FromSeconds(30), command.Arguments[^1] == "false" ? 1 : 0),
    };

    [Fact]
    public void Every_command_runs_once_and_failures_are_counted()
    {
        var scheduler = Run(Enumerable.Repeat("true", 20).Append("false"));
        Assert.Equal((21, 1), (scheduler.Ended, scheduler.Failed));
    }

    [Fact]
    public void What_is_lost_with_a_machine_is_run_again()
    {
        _world.Events.After(TimeSpan.FromSeconds(10), () => _world.Agents[0].Crash());
        _world.Events.After(TimeSpan.FromSeconds(60), () => _world.Agents[0].Start());
        var scheduler = Run(Enumerable.Repeat("true", 20));
        Assert.Equal((20, 0), (scheduler.Ended, scheduler.Failed));
    }

    [Fact]
    public void A_master_that_is_killed_costs_nothing()
    {
        _world.Events.After(TimeSpan.FromSeconds(10), () => _world.Master.Crash());
        _world.Events.After(TimeSpan.FromSeconds(15), () => _world.Master.Start());
        var scheduler = Run(Enumerable.Repeat("true", 20));
        Assert.Equal((20, 0), (scheduler.Ended, scheduler.Failed));
    }

    private CommandsScheduler Run(IEnumerable<string> commands)
    {
        var scheduler = new CommandsScheduler(commands);
        foreach (var node in (string[])["node1", "node2"])
            _world.AddAgent(node, Resources.Parse("cpus:2;mem:1024"), "rack1");
        var process = _world.AddScheduler(scheduler);
        _world.Master.Start();
        foreach (var agent in _world.Agents)
            agent.Start();
        process.Start();
        Assert.True(_world.Run(TimeSpan.FromHours(1), () => scheduler.Done.IsCompleted), "the commands have not ended after an hour");
        return scheduler;
    }
}
