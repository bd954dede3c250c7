using Agora.Cluster;
using Agora.Security;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

/// <summary>One stream of a scheduler: what its principal may not do does not reach the master.</summary>
internal sealed class GatedScheduler(Gate gate, ServerCallContext context, Principal principal)
{
    /// <summary>Of the user as whom agents run what names none.</summary>
    private const string AgentsOwnUser = "-";

    private string _user = "";

    /// <exception cref="RpcException">PermissionDenied: its principal may not come as this.</exception>
    public MasterEvent Admit(long connection, SchedulerCall call)
    {
        if (!gate.IsShut)
            return new MasterEvent.SchedulerCalled(connection, call);
        switch (call)
        {
            case SchedulerCall.Subscribe subscribe:
                gate.Check(context, principal, AccessAction.Register, subscribe.Framework.Role);
                _user = subscribe.Framework.User;
                return new MasterEvent.SchedulerCalled(connection, subscribe with { Framework = subscribe.Framework with { Principal = principal.Name } });
            case SchedulerCall.Accept accept:
                return new MasterEvent.SchedulerCalled(connection, accept) { Denied = Denied(accept.Tasks) };
            default:
                return new MasterEvent.SchedulerCalled(connection, call);
        }
    }

    private Dictionary<TaskId, string>? Denied(IReadOnlyList<TaskSpec> tasks)
    {
        Dictionary<TaskId, string>? denied = null;
        foreach (var task in tasks)
        {
            var user = (task.Command ?? task.Executor?.Command)?.User ?? _user;
            if (gate.WhyNot(principal, AccessAction.RunAs, user.Length > 0 ? user : AgentsOwnUser) is { } why)
                (denied ??= [])[task.Id] = why;
        }
        return denied;
    }
}
