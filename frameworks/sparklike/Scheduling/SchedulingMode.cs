namespace Agora.Spark.Scheduling;

/// <summary>Who goes first at what is offered.</summary>
public enum SchedulingMode
{
    /// <summary>The oldest job takes what it can use, then the next.</summary>
    Fifo,

    /// <summary>In turns, by what each has running for its weight.</summary>
    Fair,
}
