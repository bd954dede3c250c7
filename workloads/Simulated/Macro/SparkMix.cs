using Agora.Workloads.Simulated.Spark;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>
/// Jobs of collaborative filtering, one application each: in turn users' and films' factors are computed from the others,
/// which the driver gathers and sends out anew between.
/// </summary>
internal sealed class SparkMix(MacroCluster cluster, int jobs) : IMix
{
    public const string Job = "spark-als";

    private const int Steps = 10, TasksPerStep = 256, ExecutorMib = 2560;
    private const double Between = 120;

    /// <summary>The ratings are sent to each executor once. The driver's part and a task are fitted to table 5.</summary>
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(5), Driver = TimeSpan.FromSeconds(4), Task = TimeSpan.FromSeconds(7.6);

    private readonly List<MacroJob> _jobs = [];
    private readonly List<SparkInstance> _instances = [];

    public string Name => "spark";
    public bool IsDone => _jobs.Count == jobs;
    public IReadOnlyList<MacroJob> Jobs => _jobs;

    public OfferCounts Counts => OfferCounts.Sum(_instances.Select(i => i.Counts));

    public void Start() => cluster.At(0, Submit);

    private void Submit()
    {
        var (number, submitted) = (_instances.Count, cluster.Now);
        var name = $"{Name}-{number + 1}";
        var instance = new SparkInstance(cluster.World, new FrameworkInfo(null, name, Role: Name), ExecutorMib, Load,
            (step, task) => cluster.Work.Draw(Name, number, 's', step * TasksPerStep + task, Task), cluster.Setup.Hints);
        _instances.Add(instance);
        cluster.Executors.Add(name, instance.Executor);
        instance.Start();
        Step(0);

        void Step(int step) => instance.Run(step, cluster.Setup.Scaled(TasksPerStep), _ => [], () => cluster.World.Events.After(Driver, () =>
        {
            if (step + 1 < Steps)
                Step(step + 1);
            else
                End();
        }));

        void End()
        {
            _jobs.Add(new MacroJob(Name, Job, submitted, cluster.Now));
            instance.Stop();
            if (!IsDone)
                cluster.At(cluster.Now + Between, Submit);
        }
    }
}
