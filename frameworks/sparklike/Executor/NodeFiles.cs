namespace Agora.Spark.Executor;

/// <summary>Where an executor's files are.</summary>
/// <param name="Local">For its own use.</param>
/// <param name="Shared">For what outlives it.</param>
/// <param name="SharedUrl">Where that is served to others, no slash at the end; null where there are no others.</param>
internal sealed record NodeFiles(string Local, string Shared, string? SharedUrl)
{
    /// <summary>Of an executor under an agent.</summary>
    /// <exception cref="InvalidOperationException">The environment is none of an executor's.</exception>
    public static NodeFiles OfAgent()
    {
        var name = $"spark-{Variable(ExecutorEnvironment.FrameworkId)}";
        return new NodeFiles(Variable(ExecutorEnvironment.Sandbox), Path.Combine(Variable(ExecutorEnvironment.SharedOutput), name),
            $"http://{Variable(ExecutorEnvironment.AgentAddress)}/files/shared/{name}");
    }

    /// <summary>Of a program that runs its own tasks; removed with it.</summary>
    public static NodeFiles InProcess(SparkConf conf)
    {
        var directory = Path.Combine(conf.Get("spark.local.dir", Path.GetTempPath()), $"agora-spark-{Guid.NewGuid():N}");
        return new NodeFiles(Path.Combine(directory, "local"), Path.Combine(directory, "shared"), null);
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
        : throw new InvalidOperationException($"{name} is not set: this program is started by an agent");
}
