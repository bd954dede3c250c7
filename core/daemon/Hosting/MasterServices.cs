using Agora.Protocol;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

internal sealed class SchedulerService(MasterSeat seat) : V1.SchedulerService.SchedulerServiceBase
{
    public override async Task Connect(IAsyncStreamReader<V1.SchedulerCalls> requestStream,
        IServerStreamWriter<V1.SchedulerEvents> responseStream, ServerCallContext context) =>
        await (await seat.LeadingAsync(context.CancellationToken)).Schedulers.ServeAsync(requestStream, responseStream, context);
}

internal sealed class AgentService(MasterSeat seat) : V1.AgentService.AgentServiceBase
{
    public override async Task Connect(IAsyncStreamReader<V1.AgentCalls> requestStream,
        IServerStreamWriter<V1.AgentCommands> responseStream, ServerCallContext context) =>
        await (await seat.LeadingAsync(context.CancellationToken)).Agents.ServeAsync(requestStream, responseStream, context);
}

internal sealed class OperatorService(MasterSeat seat) : V1.OperatorService.OperatorServiceBase
{
    public override async Task<V1.ClusterSnapshot> GetSnapshot(V1.GetSnapshotRequest request, ServerCallContext context) =>
        (await (await seat.LeadingAsync(context.CancellationToken)).SnapshotAsync(request.WithTasks)).ToWire();

    public override async Task<V1.FrameworkExplanation> ExplainFramework(
        V1.ExplainFrameworkRequest request, ServerCallContext context) =>
        (await (await seat.LeadingAsync(context.CancellationToken)).ExplainFrameworkAsync(request.IdOrName))?.ToWire() ??
            throw new RpcException(new Status(StatusCode.NotFound, $"no framework '{request.IdOrName}' is running"));

    public override async Task<V1.TaskExplanation> ExplainTask(V1.ExplainTaskRequest request, ServerCallContext context) =>
        (await (await seat.LeadingAsync(context.CancellationToken)).ExplainTaskAsync(new FrameworkId(request.FrameworkId), new TaskId(request.TaskId)))?.ToWire() ??
            throw new RpcException(new Status(StatusCode.NotFound,
                $"framework '{request.FrameworkId}' has no task '{request.TaskId}'"));

    public override async Task<V1.CommandResult> Command(V1.OperatorCommand request, ServerCallContext context)
    {
        try
        {
            return new V1.CommandResult { Refused = await (await seat.LeadingAsync(context.CancellationToken)).OrderAsync(request.ToDomain()) ?? "" };
        }
        catch (WireFormatException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }
}
