using System.Net;
using System.Net.Sockets;
using Agora.Security;
using Grpc.Core;
using Xunit;

namespace Agora.Tests.Live.Security;

/// <summary>Peers that are many, slow or large; the cluster goes on scheduling meanwhile.</summary>
[Collection(SharedGuardedCluster.Name)]
public sealed class FloodTests(GuardedCluster cluster)
{
    private const int IdleConnections = 10_000, SlowReaders = 50, Guessers = 8;

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<Socket> Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        return socket;
    }

    [Theory]
    [InlineData("master")]
    [InlineData("files")]
    public async Task Thousands_of_idle_connections_hold_nobody_up(string port)
    {
        var idle = new List<Socket>(IdleConnections);
        try
        {
            for (var i = 0; i < IdleConnections; i++)
                idle.Add(await Connect(port == "master" ? cluster.Port : cluster.FilePort));
            await cluster.StillWorks();
        }
        finally
        {
            idle.ForEach(s => s.Dispose());
        }
        await cluster.StillWorks();
    }

    [Fact]
    public async Task Peers_that_ask_and_do_not_read_hold_nobody_up()
    {
        var slow = new List<Socket>();
        try
        {
            for (var i = 0; i < SlowReaders; i++)
            {
                // To the master: the beginning of a connection, and nothing that follows is read.
                slow.Add(await Connect(cluster.Port));
                await slow[^1].SendAsync(Preface, Cancellation);
                // To the agent: many requests in one, and no answer is read.
                slow.Add(await Connect(cluster.FilePort));
                slow[^1].ReceiveBufferSize = 1024;
                await slow[^1].SendAsync("GET /files/shared?list HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancellation);
            }
            await cluster.StillWorks();
        }
        finally
        {
            slow.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task Tokens_and_headers_of_any_size_are_refused()
    {
        foreach (var size in new[] { 600, 6_000, 100_000 })
        {
            var headers = new Metadata { { "authorization", $"Bearer {new string('a', size)}" } };
            var refused = await Assert.ThrowsAsync<RpcException>(async () => await new V1.OperatorService.OperatorServiceClient(cluster.Channel)
                .GetSnapshotAsync(new V1.GetSnapshotRequest(), headers, cancellationToken: Cancellation));
            Assert.NotEqual(StatusCode.OK, refused.StatusCode);
        }
        using var http = new HttpClient();
        foreach (var size in new[] { 5_000, 60_000 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{cluster.FilePort}/files/{new string('a', size / 10)}/{new string('b', size)}");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {new string('a', size)}");
            Assert.InRange((int)(await http.SendAsync(request, Cancellation)).StatusCode, 400, 499);
        }
        await cluster.StillWorks();
    }

    [Theory]
    [InlineData("master")]
    [InlineData("files")]
    public async Task Whoever_shows_wrong_tokens_over_HTTP_again_and_again_is_told_to_wait_and_holds_nobody_up(string port)
    {
        var url = new Uri($"http://127.0.0.1:{(port == "master" ? cluster.Port : cluster.FilePort)}/{(port == "master" ? "api/v1/state" : "files/shared?list")}");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var started = System.Diagnostics.Stopwatch.StartNew();
        var (looked, told) = (0, 0);
        var guessed = Credential.Create(GuardedCluster.Alice);
        var file = new CredentialFile(Path.Combine(cluster.Home, "guessed.credential"));
        PrivateFile.Write(file.Path, guessed.ToFile());
        async Task Guess()
        {
            while (!over.IsCancellationRequested)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                var token = port == "master" ? file.Token(Audiences.Master) : FileToken.Create(guessed, "f-1", FileToken.Everywhere, until: null);
                request.Headers.TryAddWithoutValidation("Authorization", Bearer.Of(token));
                using var answer = await http.SendAsync(request, Cancellation);
                if (answer.StatusCode == HttpStatusCode.Unauthorized)
                {
                    Interlocked.Increment(ref looked);
                    continue;
                }
                Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
                Assert.Contains("a second come from this address", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
                Interlocked.Increment(ref told);
            }
        }
        var guessing = Enumerable.Range(0, Guessers).Select(_ => Guess()).ToList();
        for (var run = 0; run < 3; run++)
            await cluster.StillWorks();
        // Who comes from the same address as somebody else, and is who he says, looks on meanwhile.
        using var metrics = new HttpRequestMessage(HttpMethod.Get, $"{cluster.Master}metrics");
        metrics.Headers.TryAddWithoutValidation("Authorization", Bearer.Of(new CredentialFile(cluster.FileOf(GuardedCluster.Bob)).Token(Audiences.Master)));
        using var seen = await http.SendAsync(metrics, Cancellation);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        if (port == "master")
            Assert.Matches("agora_master_http_refused_total\\{[^}]*reason=\"(rate|credentials)\"[^}]*\\} [1-9]", await seen.Content.ReadAsStringAsync(Cancellation));
        await over.CancelAsync();
        await Task.WhenAll(guessing);
        // Ten a second, as many as two seconds bring at first, and one of each that was on its way.
        Assert.InRange(looked, 1, (10 * ((int)started.Elapsed.TotalSeconds + 1)) + 20 + Guessers);
        Assert.InRange(told, 1, int.MaxValue);
    }

    [Fact]
    public async Task Whoever_guesses_again_and_again_fills_no_log()
    {
        var log = Path.Combine(cluster.Home, "agora-master.log");
        var before = File.ReadLines(log).Count(l => l.Contains("refused", StringComparison.Ordinal));
        const int guesses = 2_000;
        var started = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < guesses || started.Elapsed < TimeSpan.FromSeconds(2); i++)
            await Assert.ThrowsAsync<RpcException>(async () => await new V1.OperatorService.OperatorServiceClient(cluster.As(null))
                .GetSnapshotAsync(new V1.GetSnapshotRequest(), cancellationToken: Cancellation));
        // A line a second, and one at each end.
        var lines = File.ReadLines(log).Count(l => l.Contains("refused", StringComparison.Ordinal)) - before;
        Assert.InRange(lines, 1, (int)started.Elapsed.TotalSeconds + 2);
        await cluster.StillWorks();
    }
}
