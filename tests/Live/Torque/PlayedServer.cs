using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Torque's server to one mom, played by the test over TCP.</summary>
internal class PlayedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<MomReport> _reports = Channel.CreateUnbounded<MomReport>();
    private readonly List<MomReport> _seen = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private TcpClient? _connection;

    public PlayedServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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

    public virtual async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Disconnect();
        _stop.Dispose();
        GC.SuppressFinalize(this);
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
