using Agora.Tests.Fast.Cluster;
using Agora.Web;

namespace Agora.Tests.Fast.Web;

/// <summary>A bench's master as the dashboard reads it.</summary>
internal sealed class BenchSource(MasterBench bench) : IClusterSource, IClusterReader
{
    /// <summary>False for a master that stands by.</summary>
    public bool Leads { get; set; } = true;

    /// <summary>Who leads while this one does not.</summary>
    public Uri? Leader { get; set; }

    public IClusterReader? Leading => Leads ? this : null;

    public ValueTask<Uri?> FindLeaderAsync(CancellationToken cancellation) => new(Leader);

    public Task<Reading<ClusterSnapshot>> SnapshotAsync(bool withTasks) => Read(() => bench.Machine.Snapshot(withTasks));

    public Task<Reading<HoldingsView>> HoldingsAsync() => Read(bench.Machine.Holdings);

    public Task<Reading<IReadOnlyList<PageView>>> PagesAsync() => Read(bench.Machine.Pages);

    public Task<Reading<FrameworkExplanation?>> ExplainFrameworkAsync(string idOrName) => Read(() => bench.Machine.ExplainFramework(idOrName));

    public Task<Reading<TaskExplanation?>> ExplainTaskAsync(FrameworkId framework, TaskId task) => Read(() => bench.Machine.ExplainTask(framework, task));

    /// <summary>One at a time, as on a master's loop.</summary>
    private Task<Reading<T>> Read<T>(Func<T> read)
    {
        lock (bench)
            return Task.FromResult(new Reading<T>(read(), TimeSpan.Zero));
    }
}
