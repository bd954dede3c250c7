namespace Agora.Spark;

/// <summary>
/// What a program asked of Spark was not done; the message says what happened, why and, where that is known, what to do.
/// </summary>
public class SparkException : Exception
{
    public SparkException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <param name="partition">Of the task that failed.</param>
    public SparkException(string message, TaskError error, int? partition = null)
        : this(message) => (Error, Partition) = (error, partition);

    /// <summary>The exception that ended a task; null where none did.</summary>
    public TaskError? Error { get; }

    /// <summary>The partition whose task failed; null if it was not one of a task.</summary>
    public int? Partition { get; }
}
