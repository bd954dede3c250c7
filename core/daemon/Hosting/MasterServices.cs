using Agora.Protocol;
using Agora.Security;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

internal sealed class SchedulerService(MasterSeat seat, Gate gate) : V1.SchedulerService.SchedulerServiceBase
{
    public override async Task Connect(IAsyncStreamReader<V1.SchedulerCalls> requestStream,
        IServerStreamWriter<V1.SchedulerEvents> responseStream, ServerCallContext context)
    {
        var framework = new GatedScheduler(gate, context, gate.Admit(context, PrincipalRoles.Framework));
        await (await seat.LeadingAsync(context.CancellationToken)).ServeSchedulerAsync(framework, requestStream, responseStream, context);
    }
}

internal sealed class AgentService(MasterSeat seat, Gate gate) : V1.AgentService.AgentServiceBase
{
    public override async Task Connect(IAsyncStreamReader<V1.AgentCalls> requestStream,
        IServerStreamWriter<V1.AgentCommands> responseStream, ServerCallContext context)
    {
        var agent = gate.Admit(context, PrincipalRoles.Agent);
        await (await seat.LeadingAsync(context.CancellationToken)).ServeAgentAsync(agent, requestStream, responseStream, context);
    }
}

internal sealed class OperatorService(MasterSeat seat, Gate gate) : V1.OperatorService.OperatorServiceBase
{
    private const string Everything = "*";

    public override async Task<V1.ClusterSnapshot> GetSnapshot(V1.GetSnapshotRequest request, ServerCallContext context) =>
        (await (await ViewedAsync(context)).SnapshotAsync(request.WithTasks)).ToWire();

    public override async Task<V1.FrameworkExplanation> ExplainFramework(
        V1.ExplainFrameworkRequest request, ServerCallContext context) =>
        (await (await ViewedAsync(context)).ExplainFrameworkAsync(request.IdOrName))?.ToWire() ??
            throw new RpcException(new Status(StatusCode.NotFound, $"no framework '{request.IdOrName}' is running"));

    public override async Task<V1.TaskExplanation> ExplainTask(V1.ExplainTaskRequest request, ServerCallContext context) =>
        (await (await ViewedAsync(context)).ExplainTaskAsync(new FrameworkId(request.FrameworkId), new TaskId(request.TaskId)))?.ToWire() ??
            throw new RpcException(new Status(StatusCode.NotFound,
                $"framework '{request.FrameworkId}' has no task '{request.TaskId}'"));

    public override async Task<V1.CommandResult> Command(V1.OperatorCommand request, ServerCallContext context)
    {
        var principal = Admit(context);
        var host = await seat.LeadingAsync(context.CancellationToken);
        try
        {
            var command = request.ToDomain();
            if (gate.IsShut)
                foreach (var (action, what) in await SubjectsAsync(host, command))
                    gate.Check(context, principal, action, what);
            return new V1.CommandResult { Refused = await host.OrderAsync(command) ?? "" };
        }
        catch (WireFormatException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }

    public override async Task<V1.FileToken> GetFileToken(V1.GetFileTokenRequest request, ServerCallContext context)
    {
        var principal = Admit(context);
        var host = await seat.LeadingAsync(context.CancellationToken);
        if (!gate.IsShut)
            return new V1.FileToken();
        var framework = new FrameworkId(request.FrameworkId);
        var owner = await host.PrincipalOfAsync(framework) ??
            throw new RpcException(new Status(StatusCode.NotFound, $"no framework '{framework}' is known"));
        gate.Check(context, principal, AccessAction.ReadSandbox, owner);
        var agent = host.PrincipalAt(request.Place) ??
            throw new RpcException(new Status(StatusCode.NotFound, $"no agent that is connected serves files at '{request.Place}'"));
        return new V1.FileToken { Token = gate.FileToken(agent, framework, request.Place, DateTimeOffset.UtcNow) };
    }

    private Principal Admit(ServerCallContext context) => gate.Admit(context, PrincipalRoles.Framework | PrincipalRoles.Operator);

    private async ValueTask<MasterHost> ViewedAsync(ServerCallContext context)
    {
        gate.Check(context, Admit(context), AccessAction.View, Everything);
        return await seat.LeadingAsync(context.CancellationToken);
    }

    /// <summary>What an order does, and to what; what the master does not know is nobody's.</summary>
    private static async ValueTask<IEnumerable<(AccessAction Action, string What)>> SubjectsAsync(MasterHost host, OperatorCommand command) => command switch
    {
        OperatorCommand.KillTask(var framework, _, _) => [(AccessAction.Kill, await host.PrincipalOfAsync(framework) ?? "")],
        OperatorCommand.Teardown(var framework) => [(AccessAction.Teardown, await host.PrincipalOfAsync(framework) ?? "")],
        OperatorCommand.SetRole set => [(AccessAction.SetRole, set.Role)],
        OperatorCommand.Drain(var agent, _, _, _) => [(AccessAction.Drain, await host.HostnameOfAsync(agent))],
        OperatorCommand.Deactivate(var agent) => [(AccessAction.Drain, await host.HostnameOfAsync(agent))],
        OperatorCommand.Reactivate(var agent) => [(AccessAction.Drain, await host.HostnameOfAsync(agent))],
        OperatorCommand.MarkGone(var agent) => [(AccessAction.Drain, await host.HostnameOfAsync(agent))],
        OperatorCommand.ScheduleMaintenance(_, var machines, _) => machines.Select(m => (AccessAction.Drain, m)),
        OperatorCommand.CancelMaintenance(var name) => (await host.SnapshotAsync(withTasks: false)).Maintenance
            .Where(m => m.Window.Name == name).SelectMany(m => m.Window.Machines).Select(m => (AccessAction.Drain, m)),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };
}
