using Agora.Election;
using Agora.Sdk;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>The scheduler as a framework of a cluster.</summary>
internal sealed class ClusterLoop : ISchedulerLoop
{
    private readonly SchedulerDriver _driver;
    private readonly PagePublisher _shown;

    public ClusterLoop(SparkScheduler scheduler, MasterLocation masters, TimeProvider time, SchedulerDriverOptions options)
    {
        _driver = new SchedulerDriver(scheduler, masters, time, options);
        _shown = new PagePublisher(_driver.Post, time, _ => DashboardPage.Of(scheduler.View()));
        Completion = Task.Run(() => _driver.RunAsync());
    }

    public Task Completion { get; }

    public void Post(Action<DateTimeOffset, ICollection<SchedulerCall>> action) => _driver.Post(action);

    /// <summary>The application's tasks and executors end with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _shown.DisposeAsync();
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
