using System.Net;
using System.Net.Sockets;
using System.Text;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Interactive jobs, with a test that plays the waiting <c>qsub</c>.</summary>
public sealed class InteractiveTests(TestUser user) : IClassFixture<TestUser>, IAsyncDisposable
{
    private readonly MomHarness _mom = new(user);
    private readonly TcpListener _qsub = new(IPAddress.Loopback, 0);

    public async ValueTask DisposeAsync()
    {
        _qsub.Stop();
        await _mom.DisposeAsync();
    }

    [Fact]
    public async Task A_shell_speaks_over_a_terminal_of_the_size_that_was_said()
    {
        using var peer = await Begin();
        Type(peer, "id -un; stty size; tty; echo $TERM $PBS_ENVIRONMENT; command -v ssh; exit 6\n");
        var said = await ReadToEnd(peer);
        foreach (var text in (ReadOnlySpan<string>)[$"\r{user.Name}\r\n", "\n33 101\r\n", "\n/dev/pts/", "\nvt100 PBS_INTERACTIVE\r\n", $"\n{_mom.Node.Shells}/ssh\r\n"])
            Assert.Contains(text, said, StringComparison.Ordinal);
        Assert.Equal(6, (await _mom.Next<MomReport.Ended>()).ExitStatus);
    }

    [Fact]
    public async Task Control_characters_reach_what_runs()
    {
        using var peer = await Begin();
        // The inner shell is there when it says so, and becomes what waits: the signal cannot come before there is a process to end.
        Type(peer, "sh -c 'trap \"echo in\"\"terrupted\" INT; sh -c \"echo rea\"\"dy; exec sleep 4730\"; :'\n");
        await ReadUntil(peer, "ready");
        Type(peer, "\u0003");
        Type(peer, "exit 0\n");
        Assert.Contains("interrupted\r\n", await ReadToEnd(peer), StringComparison.Ordinal);
        await _mom.Next<MomReport.Ended>();
    }

    [Fact]
    public async Task A_user_who_goes_away_ends_his_job()
    {
        using (var peer = await Begin())
        {
            Type(peer, "echo rea''dy; sleep 4731\n");
            await ReadUntil(peer, "ready");
        }
        Assert.NotEqual(0, (await _mom.Next<MomReport.Ended>()).ExitStatus);
    }

    [Fact]
    public async Task A_megabyte_goes_through_to_a_slow_reader()
    {
        using var peer = await Begin();
        Type(peer, "stty -onlcr -echo; seq 200000; exit\n");
        await _mom.Next<MomReport.Started>();
        var said = await ReadToEnd(peer);
        Assert.Contains("199999\n200000\n", said, StringComparison.Ordinal);
        await _mom.Next<MomReport.Ended>();
    }

    [Fact]
    public async Task A_qsub_that_is_gone_is_told_as_the_reason()
    {
        var ended = await _mom.Run(_mom.Job("") with { Interactive = $"127.0.0.1:{Programs.FreePort()} secret" });
        Assert.Equal(-1, ended.ExitStatus);
        Assert.StartsWith("the qsub that waits at 127.0.0.1:", ended.Message, StringComparison.Ordinal);
    }

    private async Task<Socket> Begin()
    {
        _qsub.Start();
        await _mom.Send(new MomOrder.Start(_mom.Job("") with { Interactive = $"127.0.0.1:{((IPEndPoint)_qsub.LocalEndpoint).Port} the secret" }));
        var peer = await _qsub.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var shown = new byte[11];
        Assert.Equal(11, await peer.ReceiveAsync(shown, TestContext.Current.CancellationToken));
        Assert.Equal("the secret\n", Encoding.UTF8.GetString(shown));
        Type(peer, "vt100 33 101\n");
        return peer;
    }

    private static void Type(Socket peer, string text) => peer.Send(Encoding.UTF8.GetBytes(text));

    private static Task<string> ReadToEnd(Socket peer) => ReadUntil(peer, null);

    private static async Task<string> ReadUntil(Socket peer, string? text)
    {
        var said = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Programs.Patience);
        while (text is null || !said.ToString().Contains(text, StringComparison.Ordinal))
        {
            var got = await peer.ReceiveAsync(buffer, patience.Token);
            if (got == 0)
                break;
            said.Append(Encoding.UTF8.GetString(buffer, 0, got));
        }
        return said.ToString();
    }
}
