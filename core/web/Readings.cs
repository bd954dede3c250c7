using System.Collections.Concurrent;

namespace Agora.Web;

/// <summary>What pages read from one leading master, shared by all who look.</summary>
internal sealed class Readings
{
    /// <summary>Explanations kept; beyond that all are forgotten, since they are soon made again.</summary>
    private const int ExplanationsMax = 200;

    private readonly IClusterReader _reader;
    private readonly TimeProvider _time;
    private readonly SharedRead<ClusterSnapshot> _overview, _withTasks;
    private readonly SharedRead<IReadOnlyList<PageView>> _pages;
    private readonly ConcurrentDictionary<string, SharedRead<FrameworkExplanation?>> _explanations = new();

    public Readings(IClusterReader reader, TimeProvider time)
    {
        _reader = reader;
        _time = time;
        _overview = new SharedRead<ClusterSnapshot>(() => reader.SnapshotAsync(withTasks: false), time);
        _withTasks = new SharedRead<ClusterSnapshot>(() => reader.SnapshotAsync(withTasks: true), time);
        _pages = new SharedRead<IReadOnlyList<PageView>>(reader.PagesAsync, time);
    }

    public bool IsOf(IClusterReader reader) => ReferenceEquals(_reader, reader);

    /// <summary>All but tasks.</summary>
    public Task<ClusterSnapshot> OverviewAsync() => _overview.GetAsync();

    public Task<ClusterSnapshot> WithTasksAsync() => _withTasks.GetAsync();

    /// <summary>What frameworks show of themselves.</summary>
    public Task<IReadOnlyList<PageView>> PagesAsync() => _pages.GetAsync();

    public Task<FrameworkExplanation?> ExplainAsync(string framework)
    {
        if (_explanations.Count >= ExplanationsMax)
            _explanations.Clear();
        return _explanations.GetOrAdd(framework, name =>
            new SharedRead<FrameworkExplanation?>(() => _reader.ExplainFrameworkAsync(name), _time)).GetAsync();
    }

    public async Task<TaskExplanation?> ExplainAsync(FrameworkId framework, TaskId task) =>
        (await _reader.ExplainTaskAsync(framework, task)).Value;

    public async Task<HoldingsView> HoldingsAsync() => (await _reader.HoldingsAsync()).Value;
}
