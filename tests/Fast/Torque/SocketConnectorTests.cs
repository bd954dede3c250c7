using System.Net.Sockets;
using Agora.Torque.Cli;
using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>How the commands find their server, on real sockets.</summary>
public sealed class SocketConnectorTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("agora-pbs-").FullName;
    private readonly Dictionary<string, string> _environment = [];
    private readonly List<Socket> _listeners = [];

    public SocketConnectorTests()
    {
        _environment["AGORA_HOME"] = _home;
        Directory.CreateDirectory(Path.Combine(_home, "torque"));
    }

    public void Dispose()
    {
        _listeners.ForEach(l => l.Dispose());
        Directory.Delete(_home, recursive: true);
    }

    private SocketConnector Connector => new(name => _environment.GetValueOrDefault(name), "vm");

    /// <summary>A server that answers each request with a message, or breaks off where there is none.</summary>
    private void Serve(string path, string? message)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _listeners.Add(listener);
        _ = Task.Run(() =>
        {
            using var stream = new NetworkStream(listener.Accept(), ownsSocket: true);
            while (Frames.Read(stream, PbsJson.Default.Request) is not null && message is not null)
                Frames.Write(stream, new Reply(PbsError.UnknownJobId, message, Server: "vm"), PbsJson.Default.Reply);
        }, TestContext.Current.CancellationToken);
    }

    private string? Ask(string? server)
    {
        using var link = Connector.Connect(server, TimeSpan.Zero);
        Assert.Equal("first", link.Ask(new Request.Rerun("1")).Message);
        return link.Ask(new Request.Delete("1")).Message;
    }

    [Theory]
    [InlineData(null)]
    [InlineData("vm")]
    [InlineData("VM.example.org")]
    [InlineData("localhost:15001")]
    public void The_server_is_found_in_the_state_directory_by_any_of_its_names(string? server)
    {
        Serve(Path.Combine(_home, "torque", "server.sock"), "first");
        Assert.Equal("first", Ask(server));
    }

    [Fact]
    public void A_path_in_PBS_DEFAULT_is_its_socket()
    {
        var path = Path.Combine(_home, "other");
        _environment["PBS_DEFAULT"] = path;
        Serve(path, "first");
        Assert.Equal("first", Ask(null));
    }

    [Fact]
    public void The_server_may_have_a_name_of_its_own()
    {
        File.WriteAllText(Path.Combine(_home, "torque", "server_name"), "cluster\n");
        _environment["PBS_DEFAULT"] = "cluster";
        Serve(Path.Combine(_home, "torque", "server.sock"), "first");
        Assert.Equal("first", Ask(null));
    }

    [Fact]
    public void Other_servers_are_unknown_hosts_and_one_that_is_down_refuses()
    {
        var unknown = Assert.Throws<ServerUnreachableException>(() => Connector.Connect("elsewhere", TimeSpan.Zero));
        Assert.Equal((162, "cannot connect to server elsewhere (errno=15010) Access from host not allowed, or unknown host"), (unknown.ExitCode, unknown.Message));
        var down = Assert.Throws<ServerUnreachableException>(() => Connector.Connect(null, TimeSpan.Zero));
        Assert.Equal((111, "cannot connect to server vm (errno=111) Connection refused"), (down.ExitCode, down.Message));
    }

    [Fact]
    public void A_server_that_breaks_off_is_said_so()
    {
        Serve(Path.Combine(_home, "torque", "server.sock"), null);
        using var link = Connector.Connect(null, TimeSpan.Zero);
        var failure = Assert.Throws<CommandFailure>(() => link.Ask(new Request.Rerun("1")));
        Assert.Equal(67, failure.ExitCode);
        Assert.Contains("End of File", failure.Message, StringComparison.Ordinal);
    }
}
