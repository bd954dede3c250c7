namespace Agora.Spark.Scheduling;

/// <summary>Where a stage is.</summary>
public enum StagePhase
{
    /// <summary>Nothing of it is wanted now.</summary>
    Idle,

    /// <summary>Parents' output is not all there.</summary>
    Waiting,
    Running,

    /// <summary>Its input was lost; it begins anew after a short wait.</summary>
    Failed,

    /// <summary>All that was wanted of it is there.</summary>
    Done,

    /// <summary>No job needs it any more.</summary>
    Dropped,
}
