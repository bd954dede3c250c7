namespace Agora.Spark.Executor;

/// <summary>Names of the environment variables in which a driver tells its executors what they need.</summary>
internal static class ExecutorSettings
{
    /// <summary>Host and port of the driver.</summary>
    public const string Driver = "AGORA_SPARK_DRIVER";

    /// <summary>What executors show to it, and to each other.</summary>
    public const string Token = "AGORA_SPARK_TOKEN";
}
