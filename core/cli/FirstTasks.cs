using Agora.Election;
using Agora.Sdk;

namespace Agora.Cli;

/// <summary>
/// Has every agent of a new cluster run one command, so that <c>agora up</c> returns only when tasks do run, and the
/// first user's task finds everything warm.
/// </summary>
internal sealed class FirstTasks(int agents) : IScheduler
{
    private static readonly Resources Size = Resources.Of(0.1m, 32);

    private readonly TaskCompletionSource<string?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<AgentId> _tried = [];
    private int _finished;

    public SchedulerCall.Subscribe Subscription { get; } = new(new FrameworkInfo(null, "first-tasks", Environment.UserName));
    public DateTimeOffset? NextDeadline => null;

    /// <returns>Null once all agents have run theirs, else what went wrong.</returns>
    public static async Task<string?> RunAsync(MasterLocation master, int agents, TimeSpan patience)
    {
        var scheduler = new FirstTasks(agents);
        var driver = new SchedulerDriver(scheduler, master, TimeProvider.System);
        var driving = driver.RunAsync();
        await Task.WhenAny(scheduler._done.Task, driving, Task.Delay(patience));
        var wrong = scheduler._done.Task.IsCompletedSuccessfully ? scheduler._done.Task.Result
            : $"{scheduler._finished} of {agents} agents have run a task in {patience.TotalSeconds:0} s";
        await driver.StopAsync(teardown: true);
        await driving;
        return wrong;
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        if (e is SchedulerEvent.Offers(var offers))
        {
            foreach (var offer in offers)
            {
                calls.Add(offer.Resources.Contains(Size) && _tried.Add(offer.AgentId)
                    ? new SchedulerCall.Accept([offer.Id],
                        [new TaskSpec(new TaskId($"on-{offer.Hostname}"), "first-task", offer.AgentId, Size, new CommandSpec(["true"]))])
                    : new SchedulerCall.Decline([offer.Id]));
            }
        }
        else if (e is SchedulerEvent.Update(var status) && status.State.IsTerminal())
        {
            if (status.State != TaskState.Finished)
                _done.TrySetResult($"task {status.TaskId} ended as {status.State}: {status.Message}");
            else if (++_finished == agents)
                _done.TrySetResult(null);
        }
    }
}
