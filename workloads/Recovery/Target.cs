namespace Agora.Workloads.Recovery;

/// <summary>What a fault may hit, one process of it at a time.</summary>
internal enum Target
{
    /// <summary>The master that leads.</summary>
    Leader,

    /// <summary>A master that stands by.</summary>
    Standby,

    /// <summary>What masters elect the leader by.</summary>
    Election,
    Agent,
    Supervisor,
    Store,
    JobTracker,
    TaskTracker,
    BatchServer,
    Mom,
    Mpiexec,
    MpiHost,
    SparkDriver,
    SparkExecutor,

    /// <summary>The link of a node.</summary>
    Link,
}
