using Agora.Sdk;

namespace Agora.Tests.Fast.Sdk;

/// <summary>A scheduler that notes what it hears and answers as told.</summary>
internal sealed class ScriptedScheduler : IScheduler
{
    public List<SchedulerEvent> Heard { get; } = [];
    public List<DateTimeOffset> Ticks { get; } = [];
    public Func<SchedulerEvent, IEnumerable<SchedulerCall>> Answer { get; set; } = _ => [];
    public SchedulerCall.Subscribe Subscription { get; set; } = new(new FrameworkInfo(null, "test"));
    public DateTimeOffset? NextDeadline { get; set; }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        Heard.Add(e);
        foreach (var call in Answer(e))
            calls.Add(call);
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        Ticks.Add(now);
        NextDeadline = null;
        calls.Add(new SchedulerCall.Revive());
    }
}

/// <summary>A session in virtual time. The waits' jitter is at its least: half of the whole.</summary>
internal sealed class SessionBench
{
    public static readonly FrameworkId Framework = new("framework-1-1");
    public static readonly AgentId Agent = new("agent-1-1");
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly SchedulerSession _session;

    public SessionBench(SchedulerSessionOptions? options = null, ScriptedScheduler? scheduler = null)
    {
        Scheduler = scheduler ?? new ScriptedScheduler();
        _session = new SchedulerSession(Scheduler, () => 0, options);
    }

    public ScriptedScheduler Scheduler { get; }
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;
    public List<SessionOutput> Outputs { get; } = [];
    public DateTimeOffset? NextDeadline => _session.NextDeadline;
    public FrameworkId? Id => _session.FrameworkId;

    /// <summary>The number of the connection asked for last.</summary>
    public long Connection { get; private set; }

    public IEnumerable<SchedulerCall> Sent => Outputs.OfType<SessionOutput.Send>().Select(s => s.Call);

    /// <summary>Gives an input and returns what it led to.</summary>
    public IReadOnlyList<SessionOutput> Do(SessionInput input)
    {
        var outputs = _session.Handle(Now, input);
        Outputs.AddRange(outputs);
        foreach (var output in outputs)
            if (output is SessionOutput.Connect c)
                Connection = c.Connection;
        return outputs;
    }

    public IReadOnlyList<SessionOutput> Receive(SchedulerEvent e) => Do(new SessionInput.FromMaster(Connection, e));

    public IReadOnlyList<SessionOutput> Call(SchedulerCall call) => Do(new SessionInput.FromScheduler(call));

    public IReadOnlyList<SessionOutput> Disconnect() => Do(new SessionInput.Disconnected(Connection, "broken"));

    /// <summary>Lets time pass, with a tick at each deadline on the way; returns what that led to.</summary>
    public IReadOnlyList<SessionOutput> Advance(TimeSpan time)
    {
        var outputs = new List<SessionOutput>();
        var until = Now + time;
        while (_session.NextDeadline is { } deadline && deadline <= until)
        {
            Now = deadline > Now ? deadline : Now;
            outputs.AddRange(Do(new SessionInput.Tick()));
        }
        Now = until;
        return outputs;
    }

    /// <summary>Ticks once at the next deadline.</summary>
    public IReadOnlyList<SessionOutput> AdvanceToDeadline() => Advance(NextDeadline!.Value - Now);

    /// <summary>Up to the master's Subscribed, waiting for the next connection if there is none.</summary>
    public SessionBench Subscribed()
    {
        Do(new SessionInput.Tick());
        while (!Do(new SessionInput.Connected(Connection)).Any(o => o is SessionOutput.Send))
            AdvanceToDeadline();
        Receive(new SchedulerEvent.Subscribed(Framework, 1, Heartbeat, Resources.Empty));
        return this;
    }

    public static Offer Offer(long number) => new(
        new OfferId(1, number), Framework, Agent, "host", "10.0.0.1", 80, Resources.Of(4, 1024), Attributes.Empty, [],
        DateTimeOffset.MaxValue);

    public static SchedulerCall.Accept Accept(long offer, params string[] tasks) => new(
        [new OfferId(1, offer)],
        [.. tasks.Select(t => new TaskSpec(new TaskId(t), t, Agent, Resources.Of(1, 64), CommandSpec.Shell("true")))]);

    public static SchedulerEvent.Update Update(string task, TaskState state, long sequence) => new(new TaskStatus(
        new TaskId(task), state, sequence == 0 ? StatusSource.Master : StatusSource.Agent, StatusReason.None, "",
        DateTimeOffset.UnixEpoch, Agent, Sequence: sequence));
}
