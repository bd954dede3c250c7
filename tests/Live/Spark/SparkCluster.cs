using System.Diagnostics;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Spark;

/// <summary>Runs programs of Spark's users as they do, here and on clusters.</summary>
internal static class SparkProgram
{
    /// <summary>The tests' own program.</summary>
    public static string Path { get; } = Of("Agora.Tests.SparkProgram");

    /// <summary>The programs of the papers.</summary>
    public static string Papers { get; } = Of("Agora.Spark.Programs");

    public static Task<Finished> Submit(LiveCluster? cluster, string master, string program, params IEnumerable<string> arguments) =>
        Programs.EndOf(Start(cluster, master, program, arguments));

    public static Process Start(LiveCluster? cluster, string master, string program, IEnumerable<string> arguments, params IEnumerable<string> options)
    {
        var start = new ProcessStartInfo(System.IO.Path.Combine(Programs.Bin, "spark-submit"), ["--master", master, .. options, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (cluster is not null)
            start.Environment["AGORA_HOME"] = cluster.Home;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Where it is built, with what it needs and nothing else.</summary>
    private static string Of(string name)
    {
        var configuration = System.IO.Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        return System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", name, configuration, $"{name}.dll"));
    }
}

/// <summary>Two agents of two processors.</summary>
public sealed class SparkCluster : LiveCluster
{
    protected override string[] Options => ["--agents", "2", "--cpus", "2", "--mem", "4096"];
}

[CollectionDefinition(Name)]
public sealed class SharedSparkCluster : ICollectionFixture<SparkCluster>
{
    public const string Name = "shared Spark cluster";
}
