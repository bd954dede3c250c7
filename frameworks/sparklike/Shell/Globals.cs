namespace Agora.Spark.Shell;

/// <summary>What is there at the prompt before anything was entered.</summary>
public sealed class Globals(SparkContext context)
{
    /// <summary>The application of the prompt.</summary>
    public SparkContext sc { get; } = context;
}
