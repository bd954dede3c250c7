using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom;
using Agora.Torque.Mom.Launch;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>
/// A mom with the real processes above its jobs, and a test that plays the server to it over TCP.
/// </summary>
internal sealed class MomHarness : IAsyncDisposable
{
    public const string ServerName = "pbs";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<MomReport> _reports = Channel.CreateUnbounded<MomReport>();
    private readonly List<MomReport> _seen = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly MomDesk _desk;
    private readonly Task _accepting;
    private TcpClient? _connection;

    public MomHarness(TestUser user, string node = "node1", string? serverHome = null)
    {
        User = user;
        _listener.Start();
        Node = new MomNode(node, "127.0.0.1", Path.Combine(user.Directory, $"spool-{Guid.NewGuid().ToString("N")[..6]}"), Programs.Bin, serverHome,
            IsHostOfItsOwn: false);
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _desk = new MomDesk(Node, new MomWelcome(node, "127.0.0.1", "127.0.0.1", port, "shown", ServerName, serverHome),
            Path.Combine(Programs.Bin, "agora-torque-mom"), TimeProvider.System, _ => { });
        _desk.Start();
        _accepting = AcceptAsync();
    }

    public TestUser User { get; }

    public MomNode Node { get; }

    /// <summary>A one-node job whose output goes into a directory of its own.</summary>
    public JobLaunch Job(string script, string id = "17", int run = 1)
    {
        var directory = User.NewDirectory();
        return new JobLaunch($"{id}.{ServerName}", run, "job", User.Name, null, "batch", ServerName, "", Encoding.UTF8.GetBytes(script),
            null, null, null, null, new Dictionary<string, string> { ["PBS_O_WORKDIR"] = directory }, $"host:{directory}/out", $"host:{directory}/err",
            "n", "n", null, [], new JobLimits(), [new JobHost(Node.Name, "127.0.0.1", 0, "0", 1)], "token", 1, 1, 1, null, null, null, null, 2);
    }

    public async Task Send(MomOrder order)
    {
        await Programs.Until("a connection", () => _connection is not null, () => "none");
        await Frames.WriteAsync(_connection!.GetStream(), order, MomJson.Default.MomOrder, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for a report, which may have come already; each is taken once.</summary>
    public async Task<T> Next<T>(Func<T, bool>? isWanted = null) where T : MomReport
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Programs.Patience);
        while (true)
        {
            if (_seen.OfType<T>().FirstOrDefault(r => isWanted?.Invoke(r) ?? true) is { } found)
            {
                _seen.Remove(found);
                return found;
            }
            _seen.Add(await _reports.Reader.ReadAsync(patience.Token));
        }
    }

    /// <summary>Runs a job to its end.</summary>
    public async Task<MomReport.Ended> Run(JobLaunch job)
    {
        await Send(new MomOrder.Start(job));
        return await Next<MomReport.Ended>(e => e.JobId == job.JobId && e.Run == job.Run);
    }

    /// <summary>The server goes away and comes back.</summary>
    public void Disconnect()
    {
        var gone = _connection;
        _connection = null;
        gone?.Dispose();
    }

    public static string Output(JobLaunch job) => File.ReadAllText(job.OutputPath["host:".Length..]);

    public static string Error(JobLaunch job) => File.ReadAllText(job.ErrorPath["host:".Length..]);

    public async ValueTask DisposeAsync()
    {
        await _desk.EndAsync(TimeSpan.Zero).WaitAsync(Programs.Patience);
        await _desk.DisposeAsync();
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Disconnect();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ReadAsync(connection);
                _connection = connection;
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }

    private async Task ReadAsync(TcpClient connection)
    {
        try
        {
            while (await Frames.ReadAsync(connection.GetStream(), MomJson.Default.MomReport, _stop.Token) is { } report)
                _reports.Writer.TryWrite(report);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone.
        }
    }
}
