using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that change modes, owners, numbers of copies and extended attributes.</summary>
internal static class FsAttributes
{
    private static readonly TimeSpan ReplicationPoll = TimeSpan.FromMilliseconds(500);

    public static async Task<int> SetReplicationAsync(FsCall call)
    {
        if (!int.TryParse(call.Operands[0], out var replication) || replication < 1)
            throw new FormatException($"Illegal replication, a positive integer expected: {call.Operands[0]}");
        return await (call with { Operands = [.. call.Operands.Skip(1)] }).EachAsync(async pattern =>
        {
            var (store, matches) = await call.MatchAsync(pattern, "`{0}': No such file or directory");
            List<FileStatus> files = [];
            foreach (var match in matches)
            {
                if (call.Has("-R"))
                    await FsListing.WalkAsync(store, match, files.Add);
                else
                    files.Add(match);
            }
            files.RemoveAll(f => f.IsDirectory);
            foreach (var file in files)
            {
                await store.SetReplicationAsync(file.Path, replication);
                Console.WriteLine($"Replication {replication} set: {store.Prefix}{file.Path}");
            }
            foreach (var file in call.Has("-w") ? files : [])
                await AwaitCopiesAsync(store, file, replication);
        });
    }

    public static async Task<int> ChangeModeAsync(FsCall call)
    {
        var mode = ModeChange.Parse(call.Operands[0])
            ?? throw new FormatException($"chmod : mode '{call.Operands[0]}' does not match the expected pattern.");
        return await ChangeAsync(call, (store, file) =>
            store.SetPermissionAsync(file.Path, Convert.ToString(mode.Apply(file), 8)));
    }

    public static async Task<int> ChangeOwnerAsync(FsCall call)
    {
        var parts = call.Operands[0].Split(':', 2);
        if (parts[0].Length == 0 && (parts.Length == 1 || parts[1].Length == 0))
            throw new FormatException($"'{call.Operands[0]}' does not match expected pattern for [owner][:group].");
        return await ChangeAsync(call, (store, file) => store.SetOwnerAsync(file.Path,
            parts[0].Length > 0 ? parts[0] : null, parts is [_, { Length: > 0 } group] ? group : null));
    }

    public static Task<int> ChangeGroupAsync(FsCall call) =>
        ChangeAsync(call, (store, file) => store.SetOwnerAsync(file.Path, null, call.Operands[0]));

    public static async Task<int> SetAttributeAsync(FsCall call)
    {
        var (options, paths) = Options(call, "-n", "-v", "-x");
        if (paths.Count != 1 || options.ContainsKey("-n") == options.ContainsKey("-x"))
            throw new FsUsageException();
        return await (call with { Operands = paths }).EachAsync(async pattern =>
        {
            var (store, matches) = await call.MatchAsync(pattern, "`{0}': No such file or directory");
            foreach (var match in matches)
            {
                if (options.TryGetValue("-x", out var gone))
                    await FsCall.Hdfs(store).RemoveAttributeAsync(match.Path, gone);
                else
                    await FsCall.Hdfs(store).SetAttributeAsync(match.Path, options["-n"], options.GetValueOrDefault("-v", ""));
            }
        });
    }

    public static async Task<int> ShowAttributesAsync(FsCall call)
    {
        // -d takes nothing; without -n all are shown in any case.
        var (options, paths) = Options(call with { Operands = [.. call.Operands.Where(o => o != "-d")] }, "-n", "-e");
        if (paths.Count != 1 || options.ContainsKey("-n") == call.Operands.Contains("-d"))
            throw new FsUsageException();
        return await (call with { Operands = paths }).EachAsync(async pattern =>
        {
            var (store, matches) = await call.MatchAsync(pattern, "`{0}': No such file or directory");
            foreach (var file in await FilesAsync(call, store, matches))
            {
                Console.WriteLine($"# file: {file.Path}");
                foreach (var attribute in await FsCall.Hdfs(store).AttributesAsync(
                    file.Path, options.GetValueOrDefault("-n"), options.GetValueOrDefault("-e", "text")))
                    Console.WriteLine(attribute.Value is null ? attribute.Name : $"{attribute.Name}={attribute.Value}");
            }
        });
    }

    /// <summary>What was matched, with <c>-R</c> all that is below it too.</summary>
    private static async Task<List<FileStatus>> FilesAsync(FsCall call, IFileSystem store, IReadOnlyList<FileStatus> matches)
    {
        if (!call.Has("-R"))
            return [.. matches];
        List<FileStatus> files = [];
        foreach (var match in matches)
            await FsListing.WalkAsync(store, match, files.Add);
        return files;
    }

    /// <summary>The words that follow options, and the other operands.</summary>
    private static (Dictionary<string, string> Options, List<string> Others) Options(FsCall call, params ReadOnlySpan<string> known)
    {
        Dictionary<string, string> options = [];
        List<string> others = [];
        for (var at = 0; at < call.Operands.Count; at++)
        {
            if (!known.Contains(call.Operands[at]))
                others.Add(call.Operands[at]);
            else if (at + 1 < call.Operands.Count)
                options[call.Operands[at]] = call.Operands[++at];
            else
                throw new FsUsageException();
        }
        return (options, others);
    }

    /// <summary>For what is missing Hadoop 1 ends with 1 here, not 255.</summary>
    private static async Task<int> ChangeAsync(FsCall call, Func<IFileSystem, FileStatus, Task> change)
    {
        var failures = 0;
        foreach (var pattern in call.Operands.Skip(1))
        {
            try
            {
                var (store, matches) = await call.MatchAsync(pattern,
                    $"could not get status for '{pattern}': File does not exist: {pattern}");
                foreach (var file in await FilesAsync(call, store, matches))
                    await change(store, file);
            }
            catch (Exception e) when (FsCall.IsFailure(e))
            {
                await call.ComplainAsync(e);
                failures++;
            }
        }
        return failures > 0 ? 1 : 0;
    }

    private static async Task AwaitCopiesAsync(IFileSystem store, FileStatus file, int replication)
    {
        Console.Write($"Waiting for {store.Prefix}{file.Path} .");
        while ((await store.LocateAsync(file.Path, 0, file.Length)).Any(b => b.Hosts.Count != replication))
        {
            Console.Write(".");
            await Console.Out.FlushAsync();
            await Task.Delay(ReplicationPoll);
        }
        Console.WriteLine(" done");
    }
}
