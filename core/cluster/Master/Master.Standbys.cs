using System.Diagnostics.CodeAnalysis;

namespace Agora.Cluster;

/// <summary>
/// Several schedulers of a framework (the paper's §3.6): one is active, the others stand by, and when the active one is lost, or
/// silent for too long, the master tells another to take over.
/// </summary>
public sealed partial class Master
{
    private readonly Dictionary<long, (FrameworkEntry Framework, SchedulerCall.Subscribe Call)> _standbys = [];

    /// <summary>Heartbeats in a row that were not answered, of schedulers that would stand by, the active ones included.</summary>
    private readonly Dictionary<long, int> _unanswered = [];

    private void StandBy(FrameworkEntry framework, FrameworkId id, long connection, SchedulerCall.Subscribe call)
    {
        framework.Standbys.Add(connection);
        _standbys.Add(connection, (framework, call));
        Send(connection, new SchedulerEvent.StandingBy(id, Epoch, _options.HeartbeatInterval));
    }

    /// <summary>The next one that stands by becomes active: of those that answer, who has waited longest.</summary>
    private void Promote(FrameworkEntry framework)
    {
        // The last heartbeat may be on its way.
        var next = framework.Standbys.MinBy(c => Math.Max(1, _unanswered[c]));
        framework.Standbys.Remove(next);
        _standbys.Remove(next, out var standby);
        framework.Info = standby.Call.Framework;
        Send(next, new SchedulerEvent.Takeover(framework.Id));
        Send(next, new SchedulerEvent.Guarantee(_allocator.Guaranteed(framework.Info.Role)));
        Activate(framework, next, standby.Call);
    }

    /// <summary>Counts a heartbeat that is to be sent; one too many has the scheduler replaced, or no longer stand by.</summary>
    private bool IsReplaced(long connection)
    {
        if (!_unanswered.TryGetValue(connection, out var unanswered))
            return false;
        _unanswered[connection] = unanswered + 1;
        if (unanswered < _options.HeartbeatsMissedMax || _schedulers.TryGetValue(connection, out var framework) && framework.Standbys.Count == 0)
            return false;
        if (framework is null)
            _effects.Add(new MasterEffect.Close(connection));
        SchedulerGone(connection);
        return true;
    }

    private void StandbyGone(long connection)
    {
        if (_standbys.Remove(connection, out var standby))
            standby.Framework.Standbys.Remove(connection);
    }

    private void DismissStandbys(FrameworkEntry framework, string why)
    {
        foreach (var standby in framework.Standbys)
        {
            Send(standby, new SchedulerEvent.Error($"framework {framework.Id} has ended: {why}", Fatal: true));
            _effects.Add(new MasterEffect.Close(standby));
            _standbys.Remove(standby);
        }
        framework.Standbys.Clear();
    }

    private bool FrameworkOfStandby(long connection, [NotNullWhen(true)] out FrameworkEntry? framework)
    {
        framework = _standbys.TryGetValue(connection, out var standby) ? standby.Framework : null;
        return framework is not null;
    }
}
