using System.Threading.Channels;
using Agora.Election;
using Agora.Protocol;
using Agora.Sdk;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Agora.Tests.Fast.Sdk;

/// <summary>The drivers over real streams, with peers that the test plays itself.</summary>
public class DriverTests
{
    /// <summary>Far beyond what anything here takes, so that a fault shows itself as a failure and not as a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly FrameworkId Framework = new("framework-1-1");
    private static readonly SchedulerEvent Subscribed =
        new SchedulerEvent.Subscribed(Framework, 1, TimeSpan.FromSeconds(15), Resources.Empty);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One connection as the peer sees it.</summary>
    private sealed record Peer<TCall, TEventWire>(ChannelReader<TCall> Calls, Action<TEventWire?> Send)
        where TEventWire : class
    {
        public Task<TCall> NextAsync() => Calls.ReadAsync().AsTask().WaitAsync(Patience, Cancellation);

        /// <summary>The peer ends the stream.</summary>
        public void End() => Send(null);
    }

    /// <summary>Connections in the order they are made.</summary>
    private sealed class Peers<TCall, TEventWire> where TEventWire : class
    {
        private readonly Channel<Peer<TCall, TEventWire>> _peers = Channel.CreateUnbounded<Peer<TCall, TEventWire>>();

        public Task<Peer<TCall, TEventWire>> NextAsync() => _peers.Reader.ReadAsync().AsTask().WaitAsync(Patience, Cancellation);

        public async Task ServeAsync<TCallWire, TCalls, TEvents>(
            IAsyncStreamReader<TCalls> calls, IServerStreamWriter<TEvents> events, Func<TCallWire, TCall> toDomain,
            CancellationToken cancellation)
            where TCalls : IBatch<TCallWire>
            where TEvents : class, IBatch<TEventWire>, new()
        {
            var received = Channel.CreateUnbounded<TCall>();
            var toSend = Channel.CreateUnbounded<TEventWire?>();
            await _peers.Writer.WriteAsync(new(received.Reader, e => toSend.Writer.TryWrite(e)), cancellation);
            _ = ReadAsync();
            for (var sequence = 1UL; await toSend.Reader.ReadAsync(cancellation) is { } item; sequence++)
            {
                var batch = new TEvents { Sequence = sequence };
                batch.Items.Add(item);
                await events.WriteAsync(batch, cancellation);
            }

            async Task ReadAsync()
            {
                await BatchReader.ReadAsync(calls, toDomain, c => received.Writer.WriteAsync(c), cancellation);
                toSend.Writer.TryWrite(null);
            }
        }
    }

    private sealed class Master(Peers<SchedulerCall, V1.SchedulerEvent> peers) : V1.SchedulerService.SchedulerServiceBase
    {
        public override Task Connect(IAsyncStreamReader<V1.SchedulerCalls> calls,
            IServerStreamWriter<V1.SchedulerEvents> events, ServerCallContext context) =>
            peers.ServeAsync<V1.SchedulerCall, V1.SchedulerCalls, V1.SchedulerEvents>(
                calls, events, c => c.ToDomain(), context.CancellationToken);
    }

    /// <summary>A master that does not lead.</summary>
    private sealed class Standby(Uri leader) : V1.SchedulerService.SchedulerServiceBase
    {
        public override Task Connect(IAsyncStreamReader<V1.SchedulerCalls> calls,
            IServerStreamWriter<V1.SchedulerEvents> events, ServerCallContext context) =>
            throw new RpcException(new Status(StatusCode.Unavailable, "not the leader"),
                new Metadata { { WireNames.LeaderTrailer, leader.ToString() } });
    }

    private sealed class Agent(Peers<ExecutorCall, V1.ExecutorEvent> peers) : V1.ExecutorService.ExecutorServiceBase
    {
        public override Task Connect(IAsyncStreamReader<V1.ExecutorCalls> calls,
            IServerStreamWriter<V1.ExecutorEvents> events, ServerCallContext context) =>
            peers.ServeAsync<V1.ExecutorCall, V1.ExecutorCalls, V1.ExecutorEvents>(
                calls, events, c => c.ToDomain(), context.CancellationToken);
    }

    private static async Task<(WebApplication Server, Uri Address)> ServeAsync<TService>(
        TService service, Action<KestrelServerOptions>? listen = null) where TService : class
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(listen
            ?? (k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2)));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);
        var server = builder.Build();
        server.MapGrpcService<TService>();
        await server.StartAsync();
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return (server, new Uri(listen is null ? addresses.Addresses.Single() : "http://unix"));
    }

    private static SchedulerDriver Driver(IScheduler scheduler, params Uri[] masters) =>
        new(scheduler, new MasterLocation.Hosts(masters), TimeProvider.System);

    [Fact]
    public async Task A_scheduler_subscribes_hears_answers_comes_back_and_tears_down()
    {
        var peers = new Peers<SchedulerCall, V1.SchedulerEvent>();
        var (server, address) = await ServeAsync(new Master(peers));
        await using var _ = server;
        var scheduler = new ScriptedScheduler
        {
            Answer = e => e is SchedulerEvent.Offers o
                ? [new SchedulerCall.Decline([.. o.List.Select(x => x.Id)], "too small")] : [],
        };
        var driver = Driver(scheduler, address);
        var run = driver.RunAsync(Cancellation);

        var master = await peers.NextAsync();
        Assert.Null(Assert.IsType<SchedulerCall.Subscribe>(await master.NextAsync()).Framework.Id);
        master.Send(Subscribed.ToWire());
        master.Send(new SchedulerEvent.Offers([SessionBench.Offer(1)]).ToWire());
        Assert.Equal("too small", Assert.IsType<SchedulerCall.Decline>(await master.NextAsync()).Reason);
        driver.Post((_, calls) => calls.Add(new SchedulerCall.Kill(new TaskId("t"))));
        Assert.Equal(new SchedulerCall.Kill(new TaskId("t")), await master.NextAsync());
        master.End();

        master = await peers.NextAsync();
        Assert.Equal(Framework, Assert.IsType<SchedulerCall.Subscribe>(await master.NextAsync()).Framework.Id);
        master.Send(Subscribed.ToWire());
        var stop = driver.StopAsync(teardown: true);
        Assert.IsType<SchedulerCall.Teardown>(await master.NextAsync());
        await stop;
        await run.WaitAsync(Patience, Cancellation);
        driver.Post((_, _) => Assert.Fail("the driver has ended"));
    }

    [Fact]
    public async Task A_fatal_error_ends_the_driver_with_what_the_master_said()
    {
        var peers = new Peers<SchedulerCall, V1.SchedulerEvent>();
        var (server, address) = await ServeAsync(new Master(peers));
        await using var _ = server;
        var run = Driver(new ScriptedScheduler(), address).RunAsync(Cancellation);
        var master = await peers.NextAsync();
        master.Send(new SchedulerEvent.Error("role 'x' may not be used", true).ToWire());
        var error = await Assert.ThrowsAsync<SchedulerErrorException>(() => run.WaitAsync(Patience, Cancellation));
        Assert.Equal("role 'x' may not be used", error.Message);
    }

    [Fact]
    public async Task The_leader_is_found_past_a_dead_master_and_one_that_does_not_lead()
    {
        var peers = new Peers<SchedulerCall, V1.SchedulerEvent>();
        var (server, leader) = await ServeAsync(new Master(peers));
        await using var _ = server;
        var (standby, other) = await ServeAsync(new Standby(leader));
        await using var __ = standby;
        // Port 9 is discard; nobody listens there.
        var driver = Driver(new ScriptedScheduler(), new Uri("http://127.0.0.1:9"), other);
        using var cancellation = new CancellationTokenSource();
        var run = driver.RunAsync(cancellation.Token);
        Assert.IsType<SchedulerCall.Subscribe>(await (await peers.NextAsync()).NextAsync());
        await cancellation.CancelAsync();
        await run.WaitAsync(Patience, Cancellation);
    }

    /// <summary>Runs each task at once, from a thread of its own, and fails none.</summary>
    private sealed class EchoExecutor : IExecutor
    {
        public List<string> Heard { get; } = [];

        public void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e) => Heard.Add("subscribed");

        public void Launch(ExecutorDriver driver, TaskSpec task)
        {
            Heard.Add($"launch {task.Id}");
            driver.Update(task.Id, TaskState.Running);
            new Thread(() => driver.Update(task.Id, TaskState.Finished, "done", task.Data)).Start();
        }

        public void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace) => Heard.Add($"kill {task}");

        public void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data) => driver.SendMessage(data);

        public void Shutdown(ExecutorDriver driver, TimeSpan grace) => Heard.Add("shutdown");
    }

    [Fact]
    public async Task An_executor_runs_tasks_over_the_agent_s_socket_and_ends_on_request()
    {
        var directory = Directory.CreateTempSubdirectory("agora");
        var socket = Path.Combine(directory.FullName, "agent.sock");
        var peers = new Peers<ExecutorCall, V1.ExecutorEvent>();
        var (server, _) = await ServeAsync(new Agent(peers),
            k => k.ListenUnixSocket(socket, l => l.Protocols = HttpProtocols.Http2));
        await using var _ = server;
        var spec = new ExecutorSpec(new ExecutorId("e"), "", CommandSpec.Shell("true"), Resources.Empty, TimeSpan.Zero);
        var agentInfo = new AgentInfo(SessionBench.Agent, "host", "10.0.0.1", 80, Resources.Empty, Attributes.Empty);
        var executor = new EchoExecutor();
        var run = new ExecutorDriver(executor, null, new ExecutorDriverOptions(
            socket, Framework, spec.Id, SessionBench.Agent, "secret")).RunAsync(Cancellation);

        var agent = await peers.NextAsync();
        Assert.Equal("secret", Assert.IsType<ExecutorCall.Subscribe>(await agent.NextAsync()).Token);
        agent.Send(new ExecutorEvent.Subscribed(new FrameworkInfo(Framework, "test"), spec, agentInfo).ToWire());
        agent.Send(new ExecutorEvent.Launch(new TaskSpec(
            new TaskId("t"), "", SessionBench.Agent, Resources.Empty, null, spec, new byte[] { 7 })).ToWire());
        var running = Assert.IsType<ExecutorCall.Update>(await agent.NextAsync()).Status;
        Assert.Equal((TaskState.Running, 1L), (running.State, running.Sequence));
        var finished = Assert.IsType<ExecutorCall.Update>(await agent.NextAsync()).Status;
        Assert.Equal((TaskState.Finished, 2L, "done", 7),
            (finished.State, finished.Sequence, finished.Message, finished.Data.Span[0]));
        agent.Send(new ExecutorEvent.Message(new byte[] { 8 }).ToWire());
        Assert.Equal(8, Assert.IsType<ExecutorCall.Message>(await agent.NextAsync()).Data.Span[0]);
        agent.End();

        agent = await peers.NextAsync();
        var again = Assert.IsType<ExecutorCall.Subscribe>(await agent.NextAsync());
        Assert.Equal([1L, 2L], again.Unacknowledged.Select(s => s.Sequence));
        Assert.Empty(again.Tasks);
        agent.Send(new ExecutorEvent.Subscribed(new FrameworkInfo(Framework, "test"), spec, agentInfo).ToWire());
        agent.Send(new ExecutorEvent.Acknowledged(new TaskId("t"), 2).ToWire());
        agent.Send(new ExecutorEvent.Shutdown(TimeSpan.FromSeconds(20)).ToWire());
        Assert.Equal(0, await run.WaitAsync(Patience, Cancellation));
        Assert.Equal(["subscribed", "launch t", "subscribed", "shutdown"], executor.Heard);
        directory.Delete(recursive: true);
    }
}
