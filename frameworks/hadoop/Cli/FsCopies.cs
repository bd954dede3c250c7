using System.IO.Compression;
using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that move bytes.</summary>
internal static class FsCopies
{
    private const int TailBytes = 1024;

    public static async Task CatAsync(Stores stores, string pattern, bool decode)
    {
        var (store, matches) = await FsListing.MatchAsync(stores, pattern, "File does not exist: {0}");
        await using var output = Console.OpenStandardOutput();
        foreach (var match in matches)
        {
            if (match.IsDirectory)
                throw new FileNotFoundException(
                    $"File does not exist: {(PathPattern.HasWildcard(pattern) ? match.Path : pattern)}");
            await using var input = await store.OpenAsync(match.Path);
            if (decode && await IsGzipAsync(store, match))
            {
                await using var decoded = new GZipStream(input, CompressionMode.Decompress);
                await decoded.CopyToAsync(output);
            }
            else
            {
                await input.CopyToAsync(output);
            }
        }
    }

    public static async Task<int> TailAsync(Stores stores, IReadOnlyList<string> operands)
    {
        if (operands.Count != 1)
            throw new FsUsageException();
        var (store, matches) = await FsListing.MatchAsync(stores, operands[0], "File does not exist: {0}");
        if (matches.Count > 1 || matches[0].IsDirectory)
            throw new StorageException("Source must be a file.");
        await using var output = Console.OpenStandardOutput();
        await using var input = await store.OpenAsync(matches[0].Path, Math.Max(0, matches[0].Length - TailBytes));
        await input.CopyToAsync(output);
        return 0;
    }

    public static async Task<int> PutAsync(Stores stores, IReadOnlyList<string> operands, CreateOptions writing)
    {
        if (operands.Count < 2)
            throw new FsUsageException();
        var target = stores.Find(operands[^1]);
        var sources = operands.SkipLast(1).ToList();
        var isDirectory = await target.Store.StatAsync(target.Path) is { IsDirectory: true };
        if (sources.Count > 1 && !isDirectory)
            throw new StorageException($"`{operands[^1]}': specified destination directory doest not exist");
        foreach (var source in sources)
        {
            var path = isDirectory && source != "-"
                ? StoragePath.Join(target.Path, Path.GetFileName(Path.TrimEndingDirectorySeparator(source))) : target.Path;
            if (source == "-")
            {
                await using var input = Console.OpenStandardInput();
                await WriteAsync(target.Store, input, path, writing);
            }
            else
            {
                await PutOneAsync(target.Store, source, path, writing);
            }
        }
        return 0;
    }

    public static async Task<int> GetAsync(Stores stores, IReadOnlyList<string> operands)
    {
        if (operands.Count != 2)
            throw new FsUsageException();
        var target = operands[1];
        var (store, matches) = await FsListing.MatchAsync(stores, operands[0], "File does not exist: {0}");
        if (matches.Count > 1 && !Directory.Exists(target))
            throw new StorageException($"Target {target} is not a directory");
        foreach (var match in matches)
            await GetOneAsync(store, match, Directory.Exists(target) ? Path.Combine(target, match.Name) : target);
        return 0;
    }

    public static async Task<int> GetMergedAsync(Stores stores, IReadOnlyList<string> operands)
    {
        if (operands.Count is < 2 or > 3)
            throw new FsUsageException();
        var addNewline = operands is [_, _, "addnl"];
        if (File.Exists(operands[1]))
            throw new StorageException($"Target {operands[1]} already exists");
        var source = stores.Find(operands[0]);
        await using var output = File.Create(operands[1]);
        foreach (var file in await source.Store.ListAsync(source.Path))
        {
            if (file.IsDirectory)
                continue;
            await using var input = await source.Store.OpenAsync(file.Path);
            await input.CopyToAsync(output);
            if (addNewline)
                output.WriteByte((byte)'\n');
        }
        return 0;
    }

    private static async Task PutOneAsync(IFileSystem store, string source, string path, CreateOptions writing)
    {
        if (Directory.Exists(source))
        {
            if (await store.StatAsync(path) is { IsDirectory: false })
                throw new StorageException($"Target {path} already exists");
            await store.MakeDirectoriesAsync(path);
            foreach (var entry in Directory.EnumerateFileSystemEntries(source).Order(StringComparer.Ordinal))
                await PutOneAsync(store, entry, StoragePath.Join(path, Path.GetFileName(entry)), writing);
            return;
        }
        if (!File.Exists(source))
            throw new FileNotFoundException($"File {source} does not exist.");
        await using var input = File.OpenRead(source);
        await WriteAsync(store, input, path, writing);
    }

    private static async Task WriteAsync(IFileSystem store, Stream input, string path, CreateOptions writing)
    {
        if (!writing.Overwrite && await store.StatAsync(path) is not null)
            throw new StorageException($"Target {path} already exists");
        await store.CreateAsync(path, writing, input.CopyToAsync);
    }

    private static async Task GetOneAsync(IFileSystem store, FileStatus source, string target)
    {
        if (File.Exists(target))
            throw new StorageException($"Target {target} already exists");
        if (source.IsDirectory)
        {
            Directory.CreateDirectory(target);
            foreach (var entry in await store.ListAsync(source.Path))
                await GetOneAsync(store, entry, Path.Combine(target, entry.Name));
            return;
        }
        await using var input = await store.OpenAsync(source.Path);
        await using var output = File.Create(target);
        await input.CopyToAsync(output);
    }

    private static async Task<bool> IsGzipAsync(IFileSystem store, FileStatus file)
    {
        if (file.Length < 2)
            return false;
        await using var start = await store.OpenAsync(file.Path, 0, 2);
        var magic = new byte[2];
        return await start.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
    }
}
