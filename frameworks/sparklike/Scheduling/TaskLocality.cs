namespace Agora.Spark.Scheduling;

/// <summary>How near to its data a task was launched.</summary>
public enum TaskLocality
{
    /// <summary>By the executor that keeps a block it reads.</summary>
    Process,

    /// <summary>On the host of such an executor, or one with its input.</summary>
    Node,

    /// <summary>No place is better for it than another.</summary>
    NoPreference,

    /// <summary>In the rack of such a host.</summary>
    Rack,

    /// <summary>Far from it.</summary>
    Any,
}
