using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that change the namespace.</summary>
internal static class FsChanges
{
    public static async Task MakeDirectoryAsync(Stores stores, string name, bool existingIsFine)
    {
        var path = stores.Find(name);
        var there = await path.Store.StatAsync(path.Path);
        if (there is { IsDirectory: false })
            throw new StorageException($"{name} exists but is not a directory");
        if (there is not null && !existingIsFine)
            throw new StorageException($"cannot create directory {name}: File exists");
        await path.Store.MakeDirectoriesAsync(path.Path);
    }

    public static async Task TouchAsync(Stores stores, string name)
    {
        var path = stores.Find(name);
        var there = await path.Store.StatAsync(path.Path);
        if (there is { IsDirectory: true })
            throw new StorageException($"{name} is a directory");
        if (there is { Length: > 0 })
            throw new StorageException($"{name} must be a zero-length file");
        await path.Store.CreateAsync(path.Path, new CreateOptions(Overwrite: true), (_, _) => Task.CompletedTask);
    }

    public static async Task RemoveAsync(Stores stores, string pattern, bool recursive, bool missingIsFine)
    {
        var path = stores.Find(pattern);
        var matches = await PathPattern.ExpandAsync(path.Store, path.Path);
        if (matches.Count == 0 && !missingIsFine)
            throw new FileNotFoundException($"cannot remove {pattern}: No such file or directory.");
        foreach (var match in matches)
        {
            var name = path.Store.Prefix + match.Path;
            if (match.IsDirectory && !recursive)
                throw new StorageException($"Cannot remove directory \"{name}\", use -rmr instead");
            await path.Store.DeleteAsync(match.Path, recursive);
            Console.WriteLine($"Deleted {name}");
        }
    }

    public static async Task<int> MoveAsync(Stores stores, IReadOnlyList<string> operands)
    {
        if (operands.Count < 2)
            throw new FsUsageException();
        var target = stores.Find(operands[^1]);
        foreach (var operand in operands.SkipLast(1))
        {
            var (store, matches) = await FsListing.MatchAsync(stores, operand, "{0}: No such file or directory");
            foreach (var match in matches)
                if (!await store.RenameAsync(match.Path, target.Path))
                    throw new StorageException($"Failed to rename {store.Prefix}{match.Path} to {operands[^1]}");
        }
        return 0;
    }
}
