using Agora;
using Agora.Sdk;
using TaskStatus = Agora.TaskStatus;

namespace AgoraFramework;

/// <summary>
/// Runs shell commands, each to its end, wherever the cluster offers room. A state machine without I/O: events come in, calls
/// go out, so that the same object runs live under <see cref="SchedulerDriver"/> and in the simulator.
/// </summary>
public sealed class CommandsScheduler(IEnumerable<string> commands) : IScheduler
{
    public static readonly Resources Size = Resources.Parse("cpus:0.5;mem:64");

    private readonly Queue<string> _waiting = new(commands);
    private readonly Dictionary<TaskId, string> _running = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _launched;

    /// <summary>Commands that ended, and those among them that failed.</summary>
    public int Ended { get; private set; }
    public int Failed { get; private set; }

    /// <summary>Once every command has ended.</summary>
    public Task Done => _done.Task;

    /// <summary>Told what happens, a line at a time.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    // Tasks go on for a minute when this process is lost. The hint says how large tasks are, so that offers are cut to fit.
    public SchedulerCall.Subscribe Subscription => new(
        new FrameworkInfo(null, "AgoraFramework", Environment.UserName, FailoverTimeout: TimeSpan.FromMinutes(1)),
        Hints: [new Hint([], Size, Math.Max(_waiting.Count, 1), DateTimeOffset.MaxValue)]);

    public DateTimeOffset? NextDeadline => null;

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Offers(var offers):
                foreach (var offer in offers)
                    Answer(offer, calls);
                break;
            case SchedulerEvent.Update(var status):
                Updated(status, calls);
                break;
        }
    }

    /// <summary>Launches as much on an offer as it holds, and declines what it has no use for.</summary>
    private void Answer(Offer offer, ICollection<SchedulerCall> calls)
    {
        var (tasks, left) = (new List<TaskSpec>(), offer.Resources);
        while (left.Contains(Size) && _waiting.TryDequeue(out var command))
        {
            var id = new TaskId($"command-{++_launched}");
            tasks.Add(new TaskSpec(id, command, offer.AgentId, Size, CommandSpec.Shell(command)));
            _running.Add(id, command);
            left -= Size;
        }
        if (tasks.Count > 0)
            calls.Add(new SchedulerCall.Accept([offer.Id], tasks));
        else
            calls.Add(new SchedulerCall.Decline([offer.Id], "no command waits"));
        if (_waiting.Count == 0)
            calls.Add(new SchedulerCall.Suppress());
    }

    /// <summary>A command that ended has ended; one that was lost through no fault of its own is run again.</summary>
    private void Updated(TaskStatus status, ICollection<SchedulerCall> calls)
    {
        // What is unreachable may come back, and then goes on.
        if (!status.State.IsTerminal() || !_running.Remove(status.TaskId, out var command))
            return;
        if (status.State is TaskState.Finished or TaskState.Failed)
        {
            Ended++;
            Failed += status.State == TaskState.Failed ? 1 : 0;
            Tell($"{command}: {status.State}{(status.ExitCode is { } code ? $", exit code {code}" : "")}");
        }
        else
        {
            Tell($"{command}: {status.State}, and is run again: {status.Message}");
            _waiting.Enqueue(command);
            calls.Add(new SchedulerCall.Revive());
        }
        if (_waiting.Count == 0 && _running.Count == 0)
            _done.TrySetResult();
    }
}
