using Agora.Election;
using Agora.Sdk;

namespace Agora.Workloads.Live.Macro;

/// <summary>What each role holds at a moment, as the masters tell it.</summary>
/// <param name="Seconds">From the beginning of the run.</param>
/// <param name="Cpus">By role, in processors as agents offer them.</param>
/// <param name="MemoryMib">By role.</param>
internal sealed record ShareSample(double Seconds, IReadOnlyDictionary<string, double> Cpus, IReadOnlyDictionary<string, double> MemoryMib);

/// <summary>Asks masters again and again who holds what.</summary>
internal sealed class ShareSampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<OperatorClient> _masters;
    private readonly CancellationTokenSource _end = new();
    private readonly List<ShareSample> _samples = [];
    private readonly Task _running;

    /// <param name="clock">Seconds from the beginning of the run.</param>
    public ShareSampler(IEnumerable<Uri> masters, Func<double> clock)
    {
        _masters = [.. masters.Select(m => new OperatorClient(new MasterLocation.Hosts([m]), Patience, TimeProvider.System))];
        _running = RunAsync(clock);
    }

    /// <summary>What there is to hold on all masters' agents together.</summary>
    public (double Cpus, double MemoryMib) Total { get; private set; }

    /// <returns>All samples, when the sampler has ended.</returns>
    public async Task<IReadOnlyList<ShareSample>> EndAsync()
    {
        await _end.CancelAsync();
        await _running;
        return _samples;
    }

    private async Task RunAsync(Func<double> clock)
    {
        while (!_end.IsCancellationRequested)
        {
            var snapshots = await Task.WhenAll(_masters.Select(m => m.SnapshotAsync(withTasks: false)));
            Total = (snapshots.Sum(s => Cpus(s.Total)), snapshots.Sum(s => Memory(s.Total)));
            var roles = snapshots.SelectMany(s => s.Frameworks).GroupBy(f => f.Info.Role).ToList();
            _samples.Add(new ShareSample(clock(), roles.ToDictionary(r => r.Key, r => r.Sum(f => Cpus(f.Used))),
                roles.ToDictionary(r => r.Key, r => r.Sum(f => Memory(f.Used)))));
            await Task.Delay(Interval, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static double Cpus(Resources resources) => resources.MilliCpus / 1000.0;

    private static double Memory(Resources resources) => resources.MemBytes / (double)(1 << 20);

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (var master in _masters)
            await master.DisposeAsync();
        _end.Dispose();
    }
}
