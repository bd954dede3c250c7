using System.Text.Json;
using Agora.Sdk;

namespace Agora.Mpi.Scheduling;

/// <content>What becomes of the gang's tasks once its slots are taken.</content>
public sealed partial class GangScheduler
{
    private void Updated(DateTimeOffset now, TaskStatus status, ICollection<SchedulerCall> calls)
    {
        // Tasks of a gang that came apart before it started are known no more.
        if (!_members.TryGetValue(status.TaskId, out var member))
            return;
        if (status.State == TaskState.Running && _phase == Phase.Starting && !status.Data.IsEmpty)
        {
            member.Port = JsonSerializer.Deserialize(status.Data.Span, MpiJson.Default.HostReady)!.Port;
            Started();
        }
        else if (_phase == Phase.Starting && IsGoneOnTheWay(status))
        {
            StartOver(now, calls);
        }
        // A host whose commands have all ended is done with; how they ended has been told.
        else if (status.State != TaskState.Finished && (status.State.IsTerminal() || status.State == TaskState.Unreachable))
        {
            Lose(member, status.Message.Length > 0 ? status.Message : $"its task ended as {status.State} ({status.Reason})");
        }
    }

    private void Started()
    {
        if (_members.Values.Any(m => m.Port == 0))
            return;
        _phase = Phase.Running;
        tell(new GangEvent.Ready([.. _members.Values.OrderBy(m => m.Host, NodeNames.Order)
            .Select(m => new GangHost(m.Host, m.Address, m.Port, m.Slots))]));
    }

    /// <summary>The offer or its agent was gone when the answer came: no fault of the job's.</summary>
    private static bool IsGoneOnTheWay(TaskStatus status) => status.Reason == StatusReason.InvalidOffers ||
        status.State is TaskState.Dropped or TaskState.Lost or TaskState.Unreachable or TaskState.Gone;

    private void StartOver(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        foreach (var task in _members.Keys)
            calls.Add(new SchedulerCall.Kill(task, Grace: TimeSpan.Zero));
        _members.Clear();
        _phase = Phase.Gathering;
        if (now < _giveUp)
            calls.Add(new SchedulerCall.Revive());
        else
            Tick(now, calls);
    }

    private void Heard(HostMessage? message)
    {
        switch (message)
        {
            case { Rank: { } rank }:
                tell(new GangEvent.Rank(message.Host, rank));
                break;
            case { CommandExit: { } code }:
                tell(new GangEvent.CommandEnded(message.Host, code, message.ClientLost));
                break;
        }
    }

    private void Lose(Member member, string reason)
    {
        if (member.IsLost)
            return;
        member.IsLost = true;
        tell(new GangEvent.HostLost(member.Host, reason));
    }
}
