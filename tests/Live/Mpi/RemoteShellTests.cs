using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Agora.RemoteShell;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary><c>agora-rsh</c> against a server in the test, with the real session program between it and the commands.</summary>
public sealed class RemoteShellTests : IAsyncLifetime
{
    private const string Token = "the token of this job";

    private readonly string _directory = Directory.CreateTempSubdirectory("agora-rsh-").FullName;
    private readonly ConcurrentQueue<RemoteCommandEnd> _ends = new();
    private readonly RemoteShellServer _server;

    public RemoteShellTests() => _server = new RemoteShellServer("127.0.0.1", Token,
        [Path.Combine(Programs.Bin, "agora-mpi"), "session"], new Dictionary<string, string> { ["SET_BY_HOST"] = "node" }, _ends.Enqueue);

    private string HostsFile => Path.Combine(_directory, "hosts.json");

    public ValueTask InitializeAsync()
    {
        new RemoteHosts([new("node1", "127.0.0.1", _server.Port, Token), new("stranger", "127.0.0.1", _server.Port, "another"),
            new("nobody", "127.0.0.1", Programs.FreePort(), Token)]).Save(HostsFile);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Words_are_joined_and_read_by_the_shell_there_as_rsh_does_it()
    {
        var run = await Run(["-x", "user@node1", "printf", "'%s|'", "\"a  b\"", "c", "d;", "echo", "'$HOME'"]);
        Assert.Equal((0, "a  b|c|d|$HOME\n", ""), (run.ExitCode, run.Text, run.Error));
    }

    [Fact]
    public async Task Output_and_error_output_stay_apart_and_the_exit_code_comes_back()
    {
        var run = await Run(["node1", "echo out; echo err >&2; exit 7"]);
        Assert.Equal((7, "out\n", "err\n"), (run.ExitCode, run.Text, run.Error));
    }

    [Fact]
    public async Task A_command_that_dies_of_a_signal_ends_as_in_a_shell()
    {
        var run = await Run(["node1", "kill -9 $$"]);
        Assert.Equal((137, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task The_environment_is_the_callers_but_for_what_the_host_sets_and_the_directory_is_its_too()
    {
        var run = await Run(["node1", "echo \"$SET_BY_HOST|$GIVEN|$PWD\""], variables: [("SET_BY_HOST", "caller"), ("GIVEN", "a\nb")]);
        Assert.Equal($"node|a\nb|{_directory}\n", run.Text);
    }

    [Fact]
    public async Task Ten_megabytes_go_there_and_back_to_the_end_of_input()
    {
        var input = new byte[10_000_000];
        new Random(11).NextBytes(input);
        var run = await Run(["node1", "cat; echo end >&2"], input);
        Assert.Equal((0, "end\n"), (run.ExitCode, run.Error));
        Assert.True(input.AsSpan().SequenceEqual(run.Output), $"{run.Output.Length} of {input.Length} bytes");
    }

    [Fact]
    public async Task A_command_that_reads_nothing_ends_although_input_is_left()
    {
        var run = await Run(["node1", "echo done"], new byte[1_000_000]);
        Assert.Equal((0, "done\n", ""), (run.ExitCode, run.Text, run.Error));
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("USR1", 10)]
    [InlineData("HUP", 1)]
    public async Task Signals_reach_the_command(string name, int number)
    {
        using var client = Start(["node1", $"trap 'echo {name}; exit 3' {name}; echo ready; while :; do sleep 0.01; done"]);
        client.StandardInput.Close();
        Assert.Equal("ready", await Line(client));
        _ = Libc.kill(client.Id, number);
        var ended = await Programs.EndOf(client);
        Assert.Equal((3, $"{name}\n", ""), (ended.ExitCode, ended.Text, ended.Error));
    }

    [Fact]
    public async Task A_request_to_end_ends_the_command_with_all_it_has_started()
    {
        using var client = Start(["node1", Family]);
        client.StandardInput.Close();
        Assert.Equal("ready", await Line(client));
        _ = Libc.kill(client.Id, Libc.SIGTERM);
        var ended = await Programs.EndOf(client);
        Assert.True(ended.ExitCode == 143, ended.ToString());
        Assert.Empty(Running());
    }

    [Fact]
    public async Task A_killed_client_takes_the_command_and_all_it_has_started_with_it()
    {
        using var client = Start(["node1", Family]);
        Assert.Equal("ready", await Line(client));
        Assert.True(Running().Count(p => p.Command[0] == "sleep") >= 3, string.Join('\n', Running()));
        _ = Libc.kill(client.Id, Libc.SIGKILL);
        await Programs.Until("all to end", () => Running().Count == 0, () => string.Join('\n', Running()));
        await Programs.Until("the server to be told", () => !_ends.IsEmpty, () => "nothing");
        Assert.True(Assert.Single(_ends).ClientLost);
    }

    [Fact]
    public async Task A_server_that_is_ended_twice_has_ended_its_commands_both_times()
    {
        using var client = Start(["node1", Family]);
        Assert.Equal("ready", await Line(client));
        var first = _server.DisposeAsync();
        await _server.DisposeAsync();
        Assert.DoesNotContain(Running(), p => p.Command[0] == "sleep");
        await first;
        client.StandardInput.Close();
        Assert.Equal(143, (await Programs.EndOf(client)).ExitCode);
    }

    [Fact]
    public async Task What_a_command_leaves_behind_ends_with_it()
    {
        var run = await Run(["node1", "setsid sleep 1000 >/dev/null 2>&1 & echo started"]);
        Assert.Equal((0, "started\n"), (run.ExitCode, run.Text));
        Assert.Empty(Running());
    }

    [Theory]
    [InlineData("stranger", "agora-rsh: stranger does not run it: the token is not this job's")]
    [InlineData("node7", "agora-rsh: node7 is not one of this job's hosts")]
    [InlineData("nobody", "agora-rsh: nobody (127.0.0.1:")]
    public async Task What_is_not_run_is_told_and_the_caller_is_asked_to_end(string host, string said)
    {
        // A library that waits for ever for what it has started by rsh is ended by this.
        var start = Caller([Path.Combine(Programs.Bin, "agora-rsh"), host, "echo", "run"]);
        using var caller = Process.Start(start)!;
        caller.StandardInput.Close();
        var ended = await Programs.EndOf(caller);
        Assert.Equal("asked to end\ncode 255\n", ended.Text);
        Assert.StartsWith(said, ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.TrimEnd().Split('\n'));
        Assert.Empty(_ends);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: here\r\n\r\n")]
    [InlineData("\u0001\u0000\u0000\u0000\u0002{}")]
    [InlineData("\u0001\u0000\u0000\u0000\u0003{]}")]
    [InlineData("\u0005\u0000\u0000\u0000\u0000")]
    [InlineData("\u0001")]
    [InlineData("")]
    public async Task Garbage_on_the_port_is_hung_up_on_and_harms_nobody(string garbage)
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _server.Port, TestContext.Current.CancellationToken);
            await socket.Client.SendAsync(Encoding.Latin1.GetBytes(garbage), TestContext.Current.CancellationToken);
            socket.Client.Shutdown(SocketShutdown.Send);
            Assert.True(await IsClosed(socket.Client));
        }
        Assert.Equal("well\n", (await Run(["node1", "echo well"])).Text);
        Assert.Single(_ends);
    }

    /// <summary>Processes in sessions of their own, children of children, and one that ignores the request to end.</summary>
    private const string Family = "setsid sleep 1000 & setsid sh -c 'setsid sleep 1000 & wait' & " +
        "(trap '' TERM; exec sleep 1000) & while [ \"$(ps -eo args | grep -c '^sleep 1000')\" -lt 3 ]; do sleep 0.01; done; echo ready; wait";

    /// <summary>What the server runs: it has the environment of the clients, and they have ended.</summary>
    private IReadOnlyList<RunningProcess> Running() => RunningProcess.Naming(HostsFile);

    private Process Start(IEnumerable<string> words, params IEnumerable<(string Name, string Value)> variables)
    {
        var start = Told(new ProcessStartInfo("env", ["--default-signal=INT", Path.Combine(Programs.Bin, "agora-rsh"), .. words]));
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>A program that tells when it is asked to end while it waits for another.</summary>
    private ProcessStartInfo Caller(IEnumerable<string> command) =>
        Told(new ProcessStartInfo("/bin/sh", ["-c", "trap 'echo asked to end' TERM; \"$@\"; echo \"code $?\"", "sh", .. command]));

    private ProcessStartInfo Told(ProcessStartInfo start)
    {
        start.WorkingDirectory = _directory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment[RemoteHosts.Variable] = HostsFile;
        return start;
    }

    private async Task<Finished> Run(IEnumerable<string> words, byte[]? input = null, params IEnumerable<(string Name, string Value)> variables)
    {
        var client = Start(words, variables);
        var ended = Programs.EndOf(client);
        try
        {
            await client.StandardInput.BaseStream.WriteAsync(input ?? [], TestContext.Current.CancellationToken);
            client.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, and does not want it.
        }
        return await ended;
    }

    /// <summary>Closed by the other side, in good order or with bytes that it had not read.</summary>
    private static async Task<bool> IsClosed(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Programs.Patience) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<string?> Line(Process client) =>
        await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Programs.Patience);
}
