using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that move bytes.</summary>
internal static class FsCopies
{
    private const int TailBytes = 1024;
    private const string Missing = "File does not exist: {0}";
    private static readonly TimeSpan TailInterval = TimeSpan.FromSeconds(1);

    public static async Task CatAsync(FsCall call, string pattern, bool decode)
    {
        var (store, matches) = await call.MatchAsync(pattern, Missing);
        await Console.Out.FlushAsync();
        await using var output = Console.OpenStandardOutput();
        foreach (var match in matches)
        {
            if (match.IsDirectory)
                throw new FileNotFoundException(
                    $"File does not exist: {(PathPattern.HasWildcard(pattern) ? match.Path : pattern)}");
            await using var input = decode ? await Unpacking.OpenAsync(store, match) : await store.OpenAsync(match.Path);
            await input.CopyToAsync(output);
        }
    }

    public static async Task<int> TailAsync(FsCall call)
    {
        if (call.Operands.Count != 1)
            throw new FsUsageException();
        var (store, matches) = await call.MatchAsync(call.Operands[0], Missing);
        if (matches.Count > 1 || matches[0].IsDirectory)
            throw new StorageException("Source must be a file.");
        await using var output = Console.OpenStandardOutput();
        for (var at = Math.Max(0, matches[0].Length - TailBytes); ;)
        {
            await using var input = await store.OpenAsync(matches[0].Path, at);
            await input.CopyToAsync(output);
            if (!call.Has("-f"))
                return 0;
            at = (await store.StatAsync(matches[0].Path))?.Length ?? throw new FileNotFoundException(
                Missing.Replace("{0}", call.Operands[0], StringComparison.Ordinal));
            await Task.Delay(TailInterval);
        }
    }

    public static Task<int> PutAsync(FsCall call) => PutAsync(call, _ => { });

    public static Task<int> MoveInAsync(FsCall call) => PutAsync(call, source =>
    {
        if (Directory.Exists(source))
            Directory.Delete(source, recursive: true);
        else if (source != "-")
            File.Delete(source);
    });

    public static async Task<int> AppendAsync(FsCall call)
    {
        var target = call.Stores.Find(call.Operands[^1]);
        if (await target.Store.StatAsync(target.Path) is null)
            await target.Store.CreateAsync(target.Path, call.Writing, (_, _) => Task.CompletedTask);
        foreach (var source in call.Operands.SkipLast(1))
        {
            if (source != "-" && !File.Exists(source))
                throw new FileNotFoundException($"File {source} does not exist.");
            await using var input = source == "-" ? Console.OpenStandardInput() : File.OpenRead(source);
            await target.Store.AppendAsync(target.Path, input.CopyToAsync);
        }
        return 0;
    }

    public static async Task<int> CopyAsync(FsCall call)
    {
        var last = call.Operands[^1];
        var target = call.Stores.Find(last);
        var isDirectory = await target.Store.StatAsync(target.Path) is { IsDirectory: true };
        if (call.Operands.Count > 2 && !isDirectory)
            throw new StorageException($"When copying multiple files, destination should be a directory. {last}");
        return await (call with { Operands = [.. call.Operands.SkipLast(1)] }).EachAsync(async operand =>
        {
            var (store, matches) = await call.MatchAsync(operand, Missing);
            if (matches.Count > 1 && !isDirectory)
                throw new StorageException($"When copying multiple files, destination should be a directory. {last}");
            foreach (var match in matches)
            {
                await CopyOneAsync(call, store, match, target.Store,
                    isDirectory ? StoragePath.Join(target.Path, match.Name) : target.Path);
            }
        });
    }

    public static async Task<int> GetAsync(FsCall call)
    {
        var target = call.Operands[^1];
        var sources = call.Operands.SkipLast(1).ToList();
        if (sources.Count > 1 && !Directory.Exists(target))
            throw new StorageException($"`{target}': specified destination directory doest not exist");
        return await (call with { Operands = sources }).EachAsync(async operand =>
        {
            var (store, matches) = await call.MatchAsync(operand, Missing);
            if (matches.Count > 1 && !Directory.Exists(target))
                throw new StorageException($"Target {target} is not a directory");
            foreach (var match in matches)
            {
                if (target == "-")
                    await PrintAsync(store, match);
                else
                    await GetOneAsync(call, store, match, Directory.Exists(target) ? Path.Combine(target, match.Name) : target);
            }
        });
    }

    public static async Task<int> GetMergedAsync(FsCall call)
    {
        if (call.Operands.Count > 3)
            throw new FsUsageException();
        var addNewline = call.Has("-nl") || call.Operands is [_, _, "addnl"];
        if (File.Exists(call.Operands[1]))
            throw new StorageException($"Target {call.Operands[1]} already exists");
        var (store, matches) = await call.MatchAsync(call.Operands[0], Missing);
        await using var output = File.Create(call.Operands[1]);
        foreach (var match in matches)
        {
            foreach (var file in await store.ListAsync(match.Path))
            {
                if (file.IsDirectory)
                    continue;
                await using var input = await store.OpenAsync(file.Path);
                await input.CopyToAsync(output);
                if (addNewline)
                    output.WriteByte((byte)'\n');
            }
        }
        return 0;
    }

    private static async Task<int> PutAsync(FsCall call, Action<string> afterwards)
    {
        var target = call.Stores.Find(call.Operands[^1]);
        var sources = call.Operands.SkipLast(1).ToList();
        var isDirectory = await target.Store.StatAsync(target.Path) is { IsDirectory: true };
        if (sources.Count > 1 && !isDirectory)
            throw new StorageException($"`{call.Operands[^1]}': specified destination directory doest not exist");
        return await (call with { Operands = sources }).EachAsync(async source =>
        {
            if (source == "-")
            {
                await using var input = Console.OpenStandardInput();
                await WriteAsync(call, target.Store, input, target.Path);
                return;
            }
            var local = source.StartsWith("file:", StringComparison.Ordinal) ? call.Stores.Find(source).Path : source;
            await PutOneAsync(call, target.Store, local, isDirectory
                ? StoragePath.Join(target.Path, Path.GetFileName(Path.TrimEndingDirectorySeparator(local))) : target.Path);
            afterwards(local);
        });
    }

    private static async Task PutOneAsync(FsCall call, IFileSystem store, string source, string path)
    {
        if (Directory.Exists(source))
        {
            if (await store.StatAsync(path) is { IsDirectory: false })
                throw new StorageException($"Target {path} already exists");
            await store.MakeDirectoriesAsync(path);
            foreach (var entry in Directory.EnumerateFileSystemEntries(source).Order(StringComparer.Ordinal))
                await PutOneAsync(call, store, entry, StoragePath.Join(path, Path.GetFileName(entry)));
            return;
        }
        if (!File.Exists(source))
            throw new FileNotFoundException($"File {source} does not exist.");
        await using var input = File.OpenRead(source);
        await WriteAsync(call, store, input, path);
    }

    private static async Task WriteAsync(FsCall call, IFileSystem store, Stream input, string path)
    {
        if (!call.Writing.Overwrite && await store.StatAsync(path) is not null)
            throw new StorageException($"Target {path} already exists");
        await store.CreateAsync(path, call.Writing, input.CopyToAsync);
    }

    private static async Task CopyOneAsync(FsCall call, IFileSystem from, FileStatus source, IFileSystem to, string path)
    {
        if (from == to && (path == source.Path || path.StartsWith(source.Path + "/", StringComparison.Ordinal)))
            throw new StorageException($"Cannot copy {source.Path} to its subdirectory {path}");
        if (source.IsDirectory)
        {
            await to.MakeDirectoriesAsync(path);
            foreach (var entry in await from.ListAsync(source.Path))
                await CopyOneAsync(call, from, entry, to, StoragePath.Join(path, entry.Name));
            return;
        }
        await using var input = await from.OpenAsync(source.Path);
        await WriteAsync(call, to, input, path);
    }

    private static async Task GetOneAsync(FsCall call, IFileSystem store, FileStatus source, string target)
    {
        if (File.Exists(target) && !call.Has("-f"))
            throw new StorageException($"Target {target} already exists");
        if (source.IsDirectory)
        {
            Directory.CreateDirectory(target);
            foreach (var entry in await store.ListAsync(source.Path))
                await GetOneAsync(call, store, entry, Path.Combine(target, entry.Name));
            return;
        }
        await using var input = await store.OpenAsync(source.Path);
        await using var output = File.Create(target);
        await input.CopyToAsync(output);
    }

    private static async Task PrintAsync(IFileSystem store, FileStatus source)
    {
        await using var output = Console.OpenStandardOutput();
        await using var input = await store.OpenAsync(source.Path);
        await input.CopyToAsync(output);
    }
}
