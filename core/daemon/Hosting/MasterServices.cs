using Agora.Protocol;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

internal sealed class SchedulerService(MasterHost host) : V1.SchedulerService.SchedulerServiceBase
{
    public override Task Connect(IAsyncStreamReader<V1.SchedulerCalls> requestStream,
        IServerStreamWriter<V1.SchedulerEvents> responseStream, ServerCallContext context) =>
        host.Schedulers.ServeAsync(requestStream, responseStream, context);
}

internal sealed class AgentService(MasterHost host) : V1.AgentService.AgentServiceBase
{
    public override Task Connect(IAsyncStreamReader<V1.AgentCalls> requestStream,
        IServerStreamWriter<V1.AgentCommands> responseStream, ServerCallContext context) =>
        host.Agents.ServeAsync(requestStream, responseStream, context);
}

internal sealed class OperatorService(MasterHost host) : V1.OperatorService.OperatorServiceBase
{
    public override async Task<V1.ClusterSnapshot> GetSnapshot(V1.GetSnapshotRequest request, ServerCallContext context) =>
        (await host.SnapshotAsync(request.WithTasks)).ToWire();

    public override async Task<V1.FrameworkExplanation> ExplainFramework(
        V1.ExplainFrameworkRequest request, ServerCallContext context) =>
        (await host.ExplainFrameworkAsync(request.IdOrName))?.ToWire() ??
            throw new RpcException(new Status(StatusCode.NotFound, $"no framework '{request.IdOrName}' is running"));

    public override async Task<V1.TaskExplanation> ExplainTask(V1.ExplainTaskRequest request, ServerCallContext context) =>
        (await host.ExplainTaskAsync(new FrameworkId(request.FrameworkId), new TaskId(request.TaskId)))?.ToWire() ??
            throw new RpcException(new Status(StatusCode.NotFound,
                $"framework '{request.FrameworkId}' has no task '{request.TaskId}'"));

    public override async Task<V1.CommandResult> Command(V1.OperatorCommand request, ServerCallContext context)
    {
        try
        {
            return new V1.CommandResult { Refused = await host.OrderAsync(request.ToDomain()) ?? "" };
        }
        catch (WireFormatException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }
}
