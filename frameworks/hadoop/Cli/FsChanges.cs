using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that change the namespace.</summary>
internal static class FsChanges
{
    public static async Task MakeDirectoryAsync(FsCall call, string name)
    {
        var path = call.Stores.Find(name);
        var there = await path.Store.StatAsync(path.Path);
        if (there is { IsDirectory: false })
            throw new StorageException($"{name} exists but is not a directory");
        if (there is not null && !call.Has("-p"))
            throw new StorageException($"cannot create directory {name}: File exists");
        try
        {
            await path.Store.MakeDirectoriesAsync(path.Path);
        }
        catch (FileNotFoundException e)
        {
            throw new StorageException($"java.io.FileNotFoundException: {e.Message}", inner: e);
        }
    }

    public static async Task TouchAsync(FsCall call, string name)
    {
        var path = call.Stores.Find(name);
        var there = await path.Store.StatAsync(path.Path);
        if (there is { IsDirectory: true })
            throw new StorageException($"{name} is a directory");
        if (there is { Length: > 0 })
            throw new StorageException($"{name} must be a zero-length file");
        await path.Store.CreateAsync(path.Path, call.Writing with { Overwrite = true }, (_, _) => Task.CompletedTask);
    }

    public static async Task RemoveAsync(FsCall call, string pattern, bool recursive)
    {
        var path = call.Stores.Find(pattern);
        var matches = await PathPattern.ExpandAsync(path.Store, path.Path);
        if (matches.Count == 0 && !call.Has("-f"))
            throw new FileNotFoundException($"cannot remove {pattern}: No such file or directory.");
        foreach (var match in matches)
        {
            var name = path.Store.Prefix + match.Path;
            if (match.IsDirectory && !recursive)
                throw new StorageException($"Cannot remove directory \"{name}\", use -rmr instead");
            if (!await path.Store.DeleteAsync(match.Path, recursive))
                throw new StorageException($"Delete failed {name}");
            Console.WriteLine($"Deleted {name}");
        }
    }

    public static async Task RemoveDirectoryAsync(FsCall call, string pattern)
    {
        var (store, matches) = await call.MatchAsync(pattern, "`{0}': No such file or directory");
        foreach (var match in matches)
        {
            if (!match.IsDirectory)
                throw new StorageException($"`{pattern}': Is not a directory");
            if ((await store.ListAsync(match.Path)).Count == 0)
                await store.DeleteAsync(match.Path, recursive: false);
            else if (!call.Has("--ignore-fail-on-non-empty"))
                throw new StorageException($"`{pattern}': Directory is not empty");
        }
    }

    public static async Task<int> MoveAsync(FsCall call)
    {
        var last = call.Operands[^1];
        var target = call.Stores.Find(last);
        return await (call with { Operands = [.. call.Operands.SkipLast(1)] }).EachAsync(async operand =>
        {
            var (store, matches) = await call.MatchAsync(operand, "{0}: No such file or directory");
            if (store != target.Store)
                throw new StorageException($"{operand} and {last} are not in the same store; copy and delete instead");
            foreach (var match in matches)
                if (!await store.RenameAsync(match.Path, target.Path))
                    throw new StorageException($"Failed to rename {store.Prefix}{match.Path} to {last}");
        });
    }

    public static async Task<int> TruncateAsync(FsCall call)
    {
        if (!long.TryParse(call.Operands[0], out var length) || length < 0)
            throw new FormatException($"Illegal length, a non-negative integer expected: {call.Operands[0]}");
        return await (call with { Operands = [.. call.Operands.Skip(1)] }).EachAsync(async operand =>
        {
            var (store, matches) = await call.MatchAsync(operand, "`{0}': No such file or directory");
            foreach (var match in matches)
            {
                if (match.IsDirectory)
                    throw new StorageException($"`{operand}': Is a directory");
                if (match.Length < length)
                    throw new StorageException($"Cannot truncate to a larger file size. Current size: {match.Length}, truncate size: {length}");
                await FsCall.Hdfs(store).TruncateAsync(match.Path, length);
                Console.WriteLine($"Truncated {store.Prefix}{match.Path} to length: {length}");
            }
        });
    }

    public static async Task<int> ConcatAsync(FsCall call)
    {
        var target = call.Stores.Find(call.Operands[0]);
        await FsCall.Hdfs(target.Store).ConcatAsync(target.Path, call.Operands.Skip(1).Select(o => call.Stores.Find(o).Path));
        return 0;
    }
}
