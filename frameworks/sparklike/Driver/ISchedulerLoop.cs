namespace Agora.Spark.Driver;

/// <summary>The loop that owns the application's scheduler, with a cluster behind it or this process alone.</summary>
internal interface ISchedulerLoop : IAsyncDisposable
{
    /// <summary>Runs something on the loop, with the current time and a list for the calls it leads to. Any thread.</summary>
    void Post(Action<DateTimeOffset, ICollection<SchedulerCall>> action);

    /// <summary>Done when the loop has ended; fails if it was by a fault, or the master refused the application.</summary>
    Task Completion { get; }
}
