namespace Agora.Hadoop.Cli;

/// <summary><c>hadoop jar</c>: no Java runs here, so the jar's name alone says what is meant.</summary>
internal static class JarCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args.Count == 0)
        {
            Console.Error.WriteLine("RunJar jarFile [mainClass] args...");
            return 1;
        }
        var name = Path.GetFileName(args[0]);
        if (name.Contains("streaming", StringComparison.Ordinal) && name.EndsWith(".jar", StringComparison.Ordinal))
            return await StreamJob.RunAsync([.. args.Skip(1)]);
        if (!File.Exists(args[0]))
        {
            Console.Error.WriteLine($"Exception in thread \"main\" java.io.IOException: Error opening job jar: {args[0]}");
            return 1;
        }
        Console.Error.WriteLine($"hadoop: {args[0]} cannot be run: only hadoop-streaming*.jar is supported yet, " +
            "and no Java runs here; write the mapper and reducer as programs and use streaming");
        return 1;
    }
}
