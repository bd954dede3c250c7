using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>
/// <c>hadoop fs</c> with the output, messages and exit codes of Hadoop 1: nothing but <c>command: message</c> on
/// standard error, 255 for an error, 1 for a test that is false.
/// </summary>
internal static class FsShell
{
    public const int Failure = 255;

    public static async Task<int> RunAsync(string[] args)
    {
        GenericOptions options;
        try
        {
            options = GenericOptions.Parse(args);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"fs: {e.Message}");
            return Failure;
        }
        if (options.Rest is not [var first, .. var rest])
        {
            FsHelp.WriteUsage();
            return Failure;
        }
        var name = first.TrimStart('-');
        if (!first.StartsWith('-') || !FsCommands.All.TryGetValue(name, out var command))
        {
            await Console.Error.WriteLineAsync($"{name}: Unknown command");
            FsHelp.WriteUsage();
            return Failure;
        }
        var (flags, operands) = TakeFlags(rest, command.Flags.Split(' '));
        if (operands.Count < command.OperandsMin)
        {
            await Console.Error.WriteLineAsync(FsHelp.UsageOf(name));
            return Failure;
        }
        return await RunAsync(name, command, flags, operands, options);
    }

    /// <summary>The stores that the options mean.</summary>
    public static Stores Open(GenericOptions options) => options.FileSystem switch
    {
        null or "" => Cluster.OpenStores(),
        "local" or "file:///" => new Stores(null, Environment.UserName),
        var address => new Stores(
            new Uri($"http://{address[(address.IndexOf("//", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..].TrimEnd('/')}"),
            Environment.UserName),
    };

    private static async Task<int> RunAsync(
        string name, FsCommand command, HashSet<string> flags, List<string> operands, GenericOptions options)
    {
        // Standard output is written in large pieces; complaints wait for what came before them.
        await using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        Console.SetOut(output);
        try
        {
            using var stores = name is "help" or "usage" ? new Stores(null, Environment.UserName) : Open(options);
            var call = new FsCall(name, stores, flags, operands, WriteOptions(options.Properties, flags.Contains("-f")));
            try
            {
                return await command.Run(call);
            }
            catch (FsUsageException)
            {
                await Console.Error.WriteLineAsync(FsHelp.UsageOf(name));
            }
            catch (Exception e) when (FsCall.IsFailure(e))
            {
                await call.ComplainAsync(e);
            }
        }
        catch (Exception e) when (e is ClusterMissingException or FormatException)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
        }
        return Failure;
    }

    /// <summary>What the properties that concern files say; others mean nothing here.</summary>
    private static CreateOptions WriteOptions(IReadOnlyDictionary<string, string> properties, bool overwrite)
    {
        var options = new CreateOptions(overwrite);
        foreach (var (name, value) in properties)
        {
            if (name is not ("dfs.block.size" or "dfs.blocksize" or "dfs.replication"))
                continue;
            if (!long.TryParse(value, out var number))
                throw new FormatException($"{name}={value} is not a whole number");
            options = name == "dfs.replication" ? options with { Replication = (int)number }
                : options with { BlockSizeBytes = number };
        }
        return options;
    }

    private static (HashSet<string> Flags, List<string> Operands) TakeFlags(string[] args, string[] known)
    {
        HashSet<string> flags = [];
        List<string> operands = [];
        foreach (var arg in args)
        {
            if (operands.Count == 0 && known.Contains(arg))
                flags.Add(arg);
            else
                operands.Add(arg);
        }
        return (flags, operands);
    }
}
