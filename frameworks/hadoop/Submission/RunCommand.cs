using Agora.Hadoop.Cli;
using Agora.MapReduce;

namespace Agora.Hadoop.Submission;

/// <summary><c>agora-hadoop run My.dll [Class] args</c>: what <c>hadoop jar</c> starts for an assembly.</summary>
internal static class RunCommand
{
    private const int Failed = 1, NoCluster = 255;

    /// <summary>The assembly of the built-in examples, beside this program.</summary>
    public const string Examples = "Agora.Hadoop.Examples.dll";

    public static async Task<int> RunAsync(string path, string[] args)
    {
        var program = UserProgram.Load(path);
        using var host = new JobHost(program);
        MapReduce.JobClient.Use(host);
        try
        {
            return await program.RunAsync(args);
        }
        catch (ClusterMissingException e)
        {
            await Console.Error.WriteLineAsync($"hadoop: {e.Message}");
            return NoCluster;
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"hadoop: the cluster's Hadoop services are not reached: {e.Message}");
            return NoCluster;
        }
        catch (Exception e) when (e is JobFailedException or JobRefusedException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"Exception in thread \"main\" {JavaName(e)}: {e.Message}");
            return Failed;
        }
        catch (Exception e) when (e is not UsageException)
        {
            await Console.Error.WriteLineAsync($"Exception in thread \"main\" {e}");
            return Failed;
        }
    }

    /// <summary>The class that scripts look for.</summary>
    private static string JavaName(Exception e) => e switch
    {
        JobRefusedException when e.Message.EndsWith(" already exists", StringComparison.Ordinal) =>
            "org.apache.hadoop.mapred.FileAlreadyExistsException",
        JobRefusedException when e.Message.StartsWith("Input ", StringComparison.Ordinal) =>
            "org.apache.hadoop.mapreduce.lib.input.InvalidInputException",
        ArgumentException => "java.lang.IllegalArgumentException",
        _ => "java.io.IOException",
    };
}
