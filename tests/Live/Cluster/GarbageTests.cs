using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>What no well-behaved peer sends, to every port: the sender is told, and nothing else happens.</summary>
[Collection(SharedCluster.Name)]
public sealed class GarbageTests(LiveCluster cluster)
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(b => b, b => b);

    private string ExecutorSocket => Path.Combine(cluster.Home, "node1", "executor.sock");

    [Theory]
    [InlineData("master")]
    [InlineData("files")]
    [InlineData("executors")]
    public async Task Random_bytes_end_the_connection(string port)
    {
        var random = new Random(11);
        var before = await cluster.Snapshot();
        for (var i = 0; i < 20; i++)
        {
            var bytes = new byte[random.Next(100, 5000)];
            random.NextBytes(bytes);
            await Ends(port, [.. bytes, .. "\r\n\r\n"u8]);
            await Ends(port, port == "files" ? [.. Preface, .. bytes] : [.. Preface, 0xff, 0xff, 0xff, .. bytes]);
        }
        await StillWorks(before);
    }

    [Theory]
    [InlineData("master")]
    [InlineData("files")]
    [InlineData("executors")]
    public async Task Connections_that_stop_in_the_middle_hold_nobody_up(string port)
    {
        var before = await cluster.Snapshot();
        var held = new List<Socket>();
        try
        {
            foreach (var length in new[] { 0, 1, 10, 20, Preface.Length })
            {
                held.Add(await Connect(port));
                await held[^1].SendAsync(Preface.AsMemory(0, length), TestContext.Current.CancellationToken);
            }
            await StillWorks(before);
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
        await StillWorks(before);
    }

    [Theory]
    [InlineData("master", "GET / HTTP/1.1", "HTTP/1.1 401")]
    [InlineData("executors", "GET / HTTP/1.1", "HTTP/1.1 400")]
    [InlineData("files", "GET / HTTP/1.1", "HTTP/1.1 404")]
    [InlineData("files", "GET /files/../../../etc/passwd HTTP/1.1", "HTTP/1.1 404")]
    [InlineData("files", "GET /files/shared/..%2f..%2fagent-id HTTP/1.1", "HTTP/1.1 400")]
    [InlineData("files", "DELETE /files/shared HTTP/1.1", "HTTP/1.1 404")]
    [InlineData("files", "nonsense", "HTTP/1.1 400")]
    public async Task A_request_that_is_not_for_this_port_is_answered_with_an_error(string port, string request, string answer)
    {
        var before = await cluster.Snapshot();
        var received = await Ends(port, Encoding.ASCII.GetBytes($"{request}\r\nHost: x\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith(answer, received, StringComparison.Ordinal);
        await StillWorks(before);
    }

    [Theory]
    [InlineData("SchedulerService")]
    [InlineData("AgentService")]
    [InlineData("ExecutorService")]
    public async Task A_stream_that_is_not_understood_ends_with_the_reason(string service)
    {
        var before = await cluster.Snapshot();
        using var socket = service == "ExecutorService" ? ExecutorChannel() : null;
        var invoker = socket?.CreateCallInvoker() ?? (service == "AgentService" ? cluster.AgentInvoker : cluster.Invoker);

        var malformed = await Send(invoker, service, [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        Assert.Equal(StatusCode.InvalidArgument, malformed.StatusCode);
        Assert.StartsWith("message not understood: ", malformed.Detail, StringComparison.Ordinal);

        // Field 1 is the batch's number, field 2 an item: here one of no kind.
        Assert.Equal((StatusCode.InvalidArgument, "message not understood: batch 2 follows batch 0"),
            Told(await Send(invoker, service, [0x08, 2])));
        Assert.Equal((StatusCode.InvalidArgument, "message not understood: batch 1 follows batch 1"),
            Told(await Send(invoker, service, [0x08, 1], [0x08, 1])));
        var (code, detail) = Told(await Send(invoker, service, [0x08, 1, 0x12, 0]));
        Assert.Equal(StatusCode.InvalidArgument, code);
        Assert.EndsWith("has no kind that is known here", detail, StringComparison.Ordinal);

        var large = await Send(invoker, service, new byte[Limits.Default.WireBytesMax + 1]);
        Assert.True(large.StatusCode == StatusCode.ResourceExhausted, large.ToString());
        Assert.Equal(StatusCode.Unimplemented, (await Send(invoker, "NoService", [0x08, 1])).StatusCode);
        await StillWorks(before);
    }

    [Fact]
    public async Task Calls_before_the_first_one_are_refused()
    {
        var before = await cluster.Snapshot();
        var scheduler = await FirstAnswer<V1.SchedulerEvents>(cluster.Invoker, "SchedulerService",
            new V1.SchedulerCalls { Sequence = 1, Items = { new V1.SchedulerCall { Revive = new V1.Empty() } } });
        Assert.Contains("ubscribe", scheduler.Items[0].Error.Text, StringComparison.Ordinal);
        var agent = await FirstAnswer<V1.AgentCommands>(cluster.AgentInvoker, "AgentService",
            new V1.AgentCalls { Sequence = 1, Items = { new V1.AgentCall { Pong = 1 } } });
        Assert.Contains("egister", agent.Items[0].Refused.Reason, StringComparison.Ordinal);
        using var socket = ExecutorChannel();
        var executor = await FirstAnswer<V1.ExecutorEvents>(socket.CreateCallInvoker(), "ExecutorService",
            new V1.ExecutorCalls
            {
                Sequence = 1,
                Items = { new V1.ExecutorCall { Subscribe = new V1.ExecutorCall.Types.Subscribe
                { FrameworkId = "framework-1-1", ExecutorId = "nobody", Token = "guessed" } } }
            });
        Assert.True(executor.Items[0].Error.Fatal);
        await StillWorks(before);
    }

    private static (StatusCode, string) Told(Status status) => (status.StatusCode, status.Detail);

    private static Method<byte[], byte[]> Method(string service) =>
        new(MethodType.DuplexStreaming, $"agora.v1.{service}", "Connect", Raw, Raw);

    private static CallOptions Options() => new(deadline: DateTime.UtcNow + Programs.Patience,
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Sends messages and keeps its side open until the receiver ends the stream.</summary>
    private static async Task<Status> Send(CallInvoker invoker, string service, params byte[][] messages)
    {
        using var call = invoker.AsyncDuplexStreamingCall(Method(service), null, Options());
        try
        {
            foreach (var message in messages)
                await call.RequestStream.WriteAsync(message, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // It has been ended; how is read below.
        }
        try
        {
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
                Assert.NotNull(call.ResponseStream.Current);
            return call.GetStatus();
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }

    private static async Task<T> FirstAnswer<T>(CallInvoker invoker, string service, IMessage message)
        where T : IMessage<T>, new()
    {
        using var call = invoker.AsyncDuplexStreamingCall(Method(service), null, Options());
        await call.RequestStream.WriteAsync(message.ToByteArray(), TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return new MessageParser<T>(() => new T()).ParseFrom(call.ResponseStream.Current);
    }

    private GrpcChannel ExecutorChannel() => GrpcChannel.ForAddress("http://agent", new GrpcChannelOptions
    {
        MaxSendMessageSize = null,
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => new NetworkStream(await Connect("executors"), ownsSocket: true),
        },
    });

    private async Task<Socket> Connect(string port)
    {
        EndPoint end = port switch
        {
            "master" => new IPEndPoint(IPAddress.Loopback, cluster.Port),
            "files" => new IPEndPoint(IPAddress.Loopback, (await cluster.Snapshot()).Agents[0].Info.FilePort),
            _ => new UnixDomainSocketEndPoint(ExecutorSocket),
        };
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(end, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Sends and keeps its side open until the receiver ends the connection.</summary>
    private async Task<string> Ends(string port, byte[] bytes)
    {
        using var socket = await Connect(port);
        using var received = new MemoryStream();
        try
        {
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
            await stream.CopyToAsync(received, TestContext.Current.CancellationToken).WaitAsync(Programs.Patience);
        }
        catch (IOException)
        {
            // Reset: what was not read of the garbage was thrown away.
        }
        return Encoding.Latin1.GetString(received.ToArray());
    }

    /// <summary>Still the same master and agents, as free as before, and a task runs.</summary>
    private async Task StillWorks(ClusterSnapshot before)
    {
        var run = await cluster.Run("echo", "alive");
        Assert.True((run.ExitCode, run.Text) == (0, "alive\n"), run.ToString());
        var now = await Programs.Until("the same agents, all free", cluster.Snapshot,
            s => s.Used.IsEmpty && s.Agents.All(a => a.Condition == AgentCondition.Active), s => s.ToString());
        Assert.Equal((before.Epoch, before.Started), (now.Epoch, now.Started));
        Assert.Equal(before.Agents.Select(a => (a.Info.Id, a.Registered)), now.Agents.Select(a => (a.Info.Id, a.Registered)));
    }
}
