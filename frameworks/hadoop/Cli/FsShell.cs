using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>
/// <c>hadoop fs</c> with the output, messages and exit codes of Hadoop 1: nothing but <c>command: message</c> on
/// standard error, 255 for an error, 1 for a test that is false.
/// </summary>
internal static class FsShell
{
    public const int Failure = 255;

    private static readonly Dictionary<string, string> Usages = new()
    {
        ["-ls"] = "<path>",
        ["-lsr"] = "<path>",
        ["-du"] = "<path>",
        ["-dus"] = "<path>",
        ["-count"] = "<path>",
        ["-mv"] = "<src> <dst>",
        ["-rm"] = "[-skipTrash] <path>",
        ["-rmr"] = "[-skipTrash] <path>",
        ["-put"] = "<localsrc> ... <dst>",
        ["-copyFromLocal"] = "<localsrc> ... <dst>",
        ["-get"] = "<src> <localdst>",
        ["-copyToLocal"] = "<src> <localdst>",
        ["-getmerge"] = "<src> <localdst> [addnl]",
        ["-cat"] = "<src>",
        ["-text"] = "<src>",
        ["-mkdir"] = "<path>",
        ["-touchz"] = "<path>",
        ["-test"] = "-[ezd] <path>",
        ["-tail"] = "<file>",
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var properties = new Dictionary<string, string>();
        while (args is ["-D", var pair, .. var rest] && pair.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
        {
            properties[pair[..equals]] = pair[(equals + 1)..];
            args = rest;
        }
        if (args.Length == 0)
            return ShowUsage();
        var command = args[0];
        var name = command.TrimStart('-');
        if (!Usages.TryGetValue(command, out var usage))
        {
            await Console.Error.WriteLineAsync($"{name}: Unknown command");
            return ShowUsage();
        }
        var (flags, operands) = TakeFlags(args.Skip(1), command == "-test" ? 1 : int.MaxValue);
        if (operands.Count == 0)
        {
            await Console.Error.WriteLineAsync($"Usage: java FsShell [{command} {usage}]");
            return Failure;
        }
        try
        {
            using var stores = Cluster.OpenStores();
            return await DispatchAsync(command, stores, flags, operands, WriteOptions(properties, flags.Contains("-f")));
        }
        catch (FsUsageException)
        {
            await Console.Error.WriteLineAsync($"Usage: java FsShell [{command} {usage}]");
        }
        catch (Exception e) when (e is ClusterMissingException or HttpRequestException or IOException or FormatException
            or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{name}: {e.Message}");
        }
        return Failure;
    }

    private static Task<int> DispatchAsync(
        string command, Stores stores, HashSet<string> flags, IReadOnlyList<string> operands, CreateOptions writing)
    {
        var name = command[1..];
        return command switch
        {
            "-ls" => EachAsync(name, operands, p => FsListing.ListAsync(stores, p, recursive: flags.Contains("-R"))),
            "-lsr" => EachAsync(name, operands, p => FsListing.ListAsync(stores, p, recursive: true)),
            "-du" => EachAsync(name, operands, p => FsListing.UsageAsync(stores, p)),
            "-dus" => EachAsync(name, operands, p => FsListing.TotalAsync(stores, p)),
            "-count" => EachAsync(name, operands, p => FsListing.CountAsync(stores, p)),
            "-mkdir" => EachAsync(name, operands, p => FsChanges.MakeDirectoryAsync(stores, p, flags.Contains("-p"))),
            "-touchz" => EachAsync(name, operands, p => FsChanges.TouchAsync(stores, p)),
            "-rm" => EachAsync(name, operands, p => FsChanges.RemoveAsync(stores, p,
                recursive: flags.Contains("-r") || flags.Contains("-R"), missingIsFine: flags.Contains("-f"))),
            "-rmr" => EachAsync(name, operands, p => FsChanges.RemoveAsync(stores, p, true, flags.Contains("-f"))),
            "-mv" => FsChanges.MoveAsync(stores, operands),
            "-cat" => EachAsync(name, operands, p => FsCopies.CatAsync(stores, p, decode: false)),
            "-text" => EachAsync(name, operands, p => FsCopies.CatAsync(stores, p, decode: true)),
            "-tail" => FsCopies.TailAsync(stores, operands),
            "-put" or "-copyFromLocal" => FsCopies.PutAsync(stores, operands, writing),
            "-get" or "-copyToLocal" => FsCopies.GetAsync(stores, operands),
            "-getmerge" => FsCopies.GetMergedAsync(stores, operands),
            "-test" => FsListing.TestAsync(stores, flags, operands),
            _ => throw new FsUsageException(),
        };
    }

    /// <summary>What the properties that concern files say; others mean nothing here.</summary>
    private static CreateOptions WriteOptions(Dictionary<string, string> properties, bool overwrite)
    {
        var options = new CreateOptions(overwrite);
        foreach (var (name, value) in properties)
        {
            if (!long.TryParse(value, out var number) && name.StartsWith("dfs.", StringComparison.Ordinal))
                throw new FormatException($"{name}={value} is not a whole number");
            options = name switch
            {
                "dfs.block.size" or "dfs.blocksize" => options with { BlockSizeBytes = number },
                "dfs.replication" => options with { Replication = (int)number },
                _ => options,
            };
        }
        return options;
    }

    /// <summary>Does it for every operand, whatever becomes of the others.</summary>
    private static async Task<int> EachAsync(string name, IReadOnlyList<string> operands, Func<string, Task> act)
    {
        var code = 0;
        foreach (var operand in operands)
        {
            try
            {
                await act(operand);
            }
            catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
            {
                await Console.Out.FlushAsync();
                await Console.Error.WriteLineAsync($"{name}: {e.Message}");
                code = Failure;
            }
        }
        return code;
    }

    private static (HashSet<string> Flags, List<string> Operands) TakeFlags(IEnumerable<string> args, int flagsMax)
    {
        HashSet<string> flags = [];
        List<string> operands = [];
        foreach (var arg in args)
        {
            if (operands.Count == 0 && flags.Count < flagsMax && arg.Length > 1 && arg.StartsWith('-'))
                flags.Add(arg);
            else
                operands.Add(arg);
        }
        return (flags, operands);
    }

    private static int ShowUsage()
    {
        Console.Error.WriteLine("Usage: java FsShell");
        foreach (var (command, usage) in Usages)
            Console.Error.WriteLine($"           [{command} {usage}]");
        Console.Error.WriteLine();
        return Failure;
    }
}

/// <summary>The command was given too few or too many operands.</summary>
internal sealed class FsUsageException : Exception;
