using Agora.Sdk;
using Xunit;

namespace Agora.Tests.Fast.Sdk;

public class ExecutorSessionTests
{
    private static readonly FrameworkId Framework = new("framework-1-1");
    private static readonly ExecutorId Executor = new("executor");
    private static readonly AgentId Agent = new("agent-1-1");
    private static readonly ExecutorEvent.Subscribed Subscribed = new(
        new FrameworkInfo(Framework, "test"),
        new ExecutorSpec(Executor, "", CommandSpec.Shell("true"), Resources.Empty, TimeSpan.FromSeconds(1)),
        new AgentInfo(Agent, "host", "10.0.0.1", 80, Resources.Empty, Attributes.Empty));

    private readonly ExecutorSession _session = new(Framework, Executor, "token", () => 0,
        new ExecutorSessionOptions { UnacknowledgedMax = 3, QueuedMessagesMax = 2 });
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
    private long _connection;

    private IReadOnlyList<ExecutorOutput> Do(ExecutorInput input)
    {
        var outputs = _session.Handle(_now, input);
        foreach (var output in outputs)
            if (output is ExecutorOutput.Connect c)
                _connection = c.Connection;
        return outputs;
    }

    private IReadOnlyList<ExecutorOutput> Receive(ExecutorEvent e) => Do(new ExecutorInput.FromAgent(_connection, e));

    private IReadOnlyList<ExecutorOutput> Launch(string task) => Receive(new ExecutorEvent.Launch(
        new TaskSpec(new TaskId(task), "", Agent, Resources.Of(1, 64), null, Subscribed.Executor)));

    private IReadOnlyList<ExecutorOutput> Update(string task, TaskState state) => Do(new ExecutorInput.Update(
        new TaskStatus(new TaskId(task), state, StatusSource.Executor, StatusReason.None, "", _now, Agent, Executor)));

    private IReadOnlyList<ExecutorOutput> Acknowledge(string task, long sequence) =>
        Receive(new ExecutorEvent.Acknowledged(new TaskId(task), sequence));

    private IReadOnlyList<ExecutorOutput> Disconnect() => Do(new ExecutorInput.Disconnected(_connection, "broken"));

    private List<ExecutorOutput> Advance(TimeSpan time)
    {
        var outputs = new List<ExecutorOutput>();
        var until = _now + time;
        while (_session.NextDeadline is { } deadline && deadline <= until)
        {
            _now = deadline > _now ? deadline : _now;
            outputs.AddRange(Do(new ExecutorInput.Tick()));
        }
        _now = until;
        return outputs;
    }

    /// <summary>Up to the agent's answer; returns what was sent on the new connection.</summary>
    private List<ExecutorCall> Connect()
    {
        Do(new ExecutorInput.Tick());
        List<ExecutorCall> sent;
        while ((sent = Calls(Do(new ExecutorInput.Connected(_connection)))).Count == 0)
            Advance(_session.NextDeadline!.Value - _now);
        Receive(Subscribed);
        return sent;
    }

    private static List<ExecutorCall> Calls(IEnumerable<ExecutorOutput> outputs) =>
        [.. outputs.OfType<ExecutorOutput.Send>().Select(s => s.Call)];

    private static string[] Told(IEnumerable<ExecutorOutput> outputs) =>
        [.. outputs.OfType<ExecutorOutput.Deliver>().Select(d => d.Event.GetType().Name)];

    [Fact]
    public void The_connection_begins_with_Subscribe_and_the_token()
    {
        var subscribe = Assert.IsType<ExecutorCall.Subscribe>(Assert.Single(Connect()));
        Assert.Equal((Framework, Executor, "token"), (subscribe.FrameworkId, subscribe.ExecutorId, subscribe.Token));
        Assert.Empty(subscribe.Unacknowledged);
        Assert.Empty(subscribe.Tasks);
    }

    [Fact]
    public void Updates_are_numbered_by_task_and_sent_at_once()
    {
        Connect();
        Launch("a");
        Launch("b");
        var sent = Calls([.. Update("a", TaskState.Running), .. Update("b", TaskState.Running),
            .. Update("a", TaskState.Finished)]).Cast<ExecutorCall.Update>().Select(u => u.Status);
        Assert.Equal([("a", 1L), ("b", 1L), ("a", 2L)], sent.Select(s => (s.TaskId.Value, s.Sequence)));
    }

    [Fact]
    public void What_the_agent_has_not_acknowledged_is_told_again_when_it_is_back_with_the_tasks_that_live()
    {
        Connect();
        Launch("a");
        Launch("b");
        Update("a", TaskState.Running);
        Update("b", TaskState.Running);
        Acknowledge("a", 1);
        Disconnect();
        Assert.Empty(Calls(Update("a", TaskState.Finished)));
        var subscribe = Assert.IsType<ExecutorCall.Subscribe>(Assert.Single(Connect()));
        Assert.Equal([("b", 1L), ("a", 2L)], subscribe.Unacknowledged.Select(s => (s.TaskId.Value, s.Sequence)));
        Assert.Equal([new TaskId("b")], subscribe.Tasks);

        Acknowledge("b", 1);
        Acknowledge("a", 2);
        Disconnect();
        Assert.Empty(Assert.IsType<ExecutorCall.Subscribe>(Assert.Single(Connect())).Unacknowledged);
    }

    [Fact]
    public void Nothing_is_said_of_a_task_after_its_end_or_before_its_launch()
    {
        Connect();
        Assert.Empty(Update("a", TaskState.Running));
        Launch("a");
        Assert.Single(Calls(Update("a", TaskState.Finished)));
        Assert.Empty(Update("a", TaskState.Running));
        Assert.Empty(Update("a", TaskState.Failed));
    }

    [Fact]
    public void A_repeated_launch_is_told_once_until_the_task_is_over_for_the_agent_too()
    {
        Connect();
        Assert.Equal(["Launch"], Told(Launch("a")));
        Assert.Empty(Told(Launch("a")));
        Update("a", TaskState.Finished);
        Assert.Empty(Told(Launch("a")));
        Acknowledge("a", 1);
        Assert.Equal(["Launch"], Told(Launch("a")));
    }

    [Fact]
    public void A_kill_is_told_only_while_the_task_lives()
    {
        Connect();
        var kill = new ExecutorEvent.Kill(new TaskId("a"), TimeSpan.FromSeconds(3));
        Assert.Empty(Told(Receive(kill)));
        Launch("a");
        Assert.Equal(["Kill"], Told(Receive(kill)));
        Update("a", TaskState.Killed);
        Assert.Empty(Told(Receive(kill)));
    }

    [Fact]
    public void Of_too_many_updates_the_oldest_that_ends_no_task_is_dropped()
    {
        Connect();
        Launch("a");
        Launch("b");
        Disconnect();
        Update("a", TaskState.Finished);
        Update("b", TaskState.Starting);
        Update("b", TaskState.Running);
        Update("b", TaskState.Finished);
        var subscribe = (ExecutorCall.Subscribe)Connect()[0];
        Assert.Equal([("a", 1L), ("b", 2L), ("b", 3L)],
            subscribe.Unacknowledged.Select(s => (s.TaskId.Value, s.Sequence)));
    }

    [Fact]
    public void Messages_wait_for_a_connection_and_the_oldest_of_too_many_are_dropped()
    {
        foreach (byte i in (byte[])[1, 2, 3])
            Do(new ExecutorInput.Message(new byte[] { i }));
        Assert.Equal([2, 3], Connect().OfType<ExecutorCall.Message>().Select(m => (int)m.Data.Span[0]));
        Assert.Single(Calls(Do(new ExecutorInput.Message(new byte[] { 4 }))));
    }

    [Fact]
    public void After_Shutdown_it_ends_as_soon_as_the_agent_knows_that_every_task_has_ended()
    {
        Connect();
        Launch("a");
        Assert.Equal(["Shutdown"], Told(Receive(new ExecutorEvent.Shutdown(TimeSpan.FromSeconds(5)))));
        Assert.Empty(Told(Launch("late")));
        Update("a", TaskState.Killed);
        Assert.Equal([new ExecutorOutput.Close(_connection), new ExecutorOutput.Ended(null)], Acknowledge("a", 1));
        Assert.Null(_session.NextDeadline);
    }

    [Fact]
    public void A_shutdown_that_takes_longer_than_its_grace_ends_anyhow()
    {
        Connect();
        Launch("a");
        Receive(new ExecutorEvent.Shutdown(TimeSpan.FromSeconds(5)));
        Assert.Empty(Advance(TimeSpan.FromSeconds(4.9)));
        Assert.Equal(new ExecutorOutput.Ended(null), Advance(TimeSpan.FromSeconds(0.2))[^1]);
    }

    [Fact]
    public void An_agent_that_stays_away_for_the_recovery_time_means_shutdown_with_an_error()
    {
        Connect();
        Launch("a");
        Disconnect();
        var outputs = new List<ExecutorOutput>();
        for (var i = 0; i < 59; i++)
        {
            outputs.AddRange(Advance(TimeSpan.FromSeconds(1)));
            outputs.AddRange(Disconnect());
        }
        Assert.Empty(Told(outputs));
        outputs.Clear();
        outputs.AddRange(Advance(TimeSpan.FromSeconds(10)));
        Assert.Equal(["Shutdown"], Told(outputs));
        Assert.Contains("not reached for 60 s", ((ExecutorOutput.Ended)outputs[^1]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_comes_back_in_time_is_all_that_is_wanted()
    {
        Connect();
        Disconnect();
        Advance(TimeSpan.FromSeconds(50));
        Disconnect();
        Connect();
        Assert.Empty(Advance(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Failing_connections_are_tried_again_after_waits_that_double_up_to_5_s()
    {
        Do(new ExecutorInput.Tick());
        var waits = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            Disconnect();
            var before = _now;
            _now = _session.NextDeadline!.Value;
            waits.Add((_now - before).TotalSeconds);
            Assert.Equal([new ExecutorOutput.Connect(i + 2)], Do(new ExecutorInput.Tick()));
        }
        // Half of 0.1 s · 2ⁿ, at most half of 5 s.
        Assert.Equal([0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.5, 2.5], waits);
    }

    [Fact]
    public void A_fatal_error_means_shutdown_with_it()
    {
        Connect();
        var outputs = Receive(new ExecutorEvent.Error("wrong token", true));
        Assert.Equal(["Error", "Shutdown"], Told(outputs));
        Assert.Equal(new ExecutorOutput.Ended("wrong token"), outputs[^1]);
    }

    [Fact]
    public void Stopping_waits_until_the_last_update_is_acknowledged()
    {
        Connect();
        Launch("a");
        Update("a", TaskState.Finished);
        Assert.Empty(Do(new ExecutorInput.Stop()));
        Assert.Equal(new ExecutorOutput.Ended(null), Acknowledge("a", 1)[^1]);
    }
}
