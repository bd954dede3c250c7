namespace Agora.Web;

/// <summary>Where the dashboard finds the master that leads.</summary>
public interface IClusterSource
{
    /// <summary>This process's master; null while it does not lead.</summary>
    IClusterReader? Leading { get; }

    /// <summary>Another master that leads, as far as that is known; null if none does.</summary>
    ValueTask<Uri?> FindLeaderAsync(CancellationToken cancellation);
}

/// <summary>What can be read from a master that leads. Each reading is made on its loop, between two events.</summary>
public interface IClusterReader
{
    Task<Reading<ClusterSnapshot>> SnapshotAsync(bool withTasks);

    /// <summary>What each framework holds: cheap in a cluster of any size, for what is read all the time.</summary>
    Task<Reading<HoldingsView>> HoldingsAsync();

    Task<Reading<IReadOnlyList<PageView>>> PagesAsync();

    /// <returns>Null if no such framework is running.</returns>
    Task<Reading<FrameworkExplanation?>> ExplainFrameworkAsync(string idOrName);

    /// <returns>Null if the framework has or remembers no such task.</returns>
    Task<Reading<TaskExplanation?>> ExplainTaskAsync(FrameworkId framework, TaskId task);
}

/// <summary>What was read.</summary>
/// <param name="Cost">How long it held the master's loop up.</param>
public readonly record struct Reading<T>(T Value, TimeSpan Cost);
