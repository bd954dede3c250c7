using Agora.Election;
using Agora.Sdk;

namespace Agora.Spark.Driver;

/// <summary>The scheduler as a framework of a cluster.</summary>
internal sealed class ClusterLoop : ISchedulerLoop
{
    private readonly SchedulerDriver _driver;

    public ClusterLoop(IScheduler scheduler, MasterLocation masters, TimeProvider time, SchedulerDriverOptions options)
    {
        _driver = new SchedulerDriver(scheduler, masters, time, options);
        Completion = Task.Run(() => _driver.RunAsync());
    }

    public Task Completion { get; }

    public void Post(Action<DateTimeOffset, ICollection<SchedulerCall>> action) => _driver.Post(action);

    /// <summary>The application's tasks and executors end with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Completion.IsCompleted)
            return;
        try
        {
            await _driver.StopAsync(teardown: true);
        }
        catch (TimeoutException)
        {
            // No master is there to be told. It gives the application up once its failover time is over.
        }
    }
}
