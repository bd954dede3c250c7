using System.Globalization;

namespace Agora.Storage;

/// <summary>This machine's own files, as a store (<c>file:///…</c>).</summary>
public sealed class LocalFiles : IFileSystem
{
    /// <summary>Large files are split for tasks as if they had blocks of this size.</summary>
    public const long BlockSizeBytes = 32 << 20;

    public string Prefix => "file:";
    public string HomeDirectory => Environment.CurrentDirectory;

    public Task<FileStatus?> StatAsync(string path, CancellationToken stop = default) =>
        Task.FromResult(Stat(path));

    public Task<IReadOnlyList<FileStatus>> ListAsync(string path, CancellationToken stop = default)
    {
        if (!Directory.Exists(path))
            return Task.FromResult<IReadOnlyList<FileStatus>>([Stat(path) ?? throw Missing(path)]);
        IReadOnlyList<FileStatus> list = [.. Directory.EnumerateFileSystemEntries(path)
            .Select(Stat).OfType<FileStatus>().OrderBy(s => s.Name, StringComparer.Ordinal)];
        return Task.FromResult(list);
    }

    public Task<Stream> OpenAsync(
        string path, long offset = 0, long? length = null, CancellationToken stop = default)
    {
        if (!File.Exists(path))
            throw Missing(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        file.Seek(Math.Min(offset, file.Length), SeekOrigin.Begin);
        return Task.FromResult<Stream>(length is { } n ? new BoundedStream(file, n) : file);
    }

    public async Task CreateAsync(
        string path, CreateOptions options, Func<Stream, CancellationToken, Task> write,
        CancellationToken stop = default)
    {
        if (File.Exists(path) && !options.Overwrite)
            throw new StorageException($"{path} already exists", "FileAlreadyExistsException");
        if (Directory.Exists(path))
            throw new StorageException($"{path} is a directory", "FileAlreadyExistsException");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var copying = path + "._COPYING_";
        try
        {
            await using (var file = new FileStream(copying, FileMode.Create, FileAccess.Write))
                await write(file, stop);
            File.Move(copying, path, overwrite: true);
        }
        catch
        {
            File.Delete(copying);
            throw;
        }
    }

    public Task<bool> MakeDirectoriesAsync(string path, CancellationToken stop = default)
    {
        Directory.CreateDirectory(path);
        return Task.FromResult(true);
    }

    public Task<bool> RenameAsync(string path, string destination, CancellationToken stop = default)
    {
        if (Directory.Exists(destination))
            destination = Path.Combine(destination, StoragePath.NameOf(path));
        if (Stat(path) is not { } source || Stat(destination) is not null ||
            !Directory.Exists(Path.GetDirectoryName(destination)))
            return Task.FromResult(false);
        if (source.IsDirectory)
            Directory.Move(path, destination);
        else
            File.Move(path, destination);
        return Task.FromResult(true);
    }

    public Task<bool> DeleteAsync(string path, bool recursive, CancellationToken stop = default)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            return Task.FromResult(true);
        }
        if (!Directory.Exists(path))
            return Task.FromResult(false);
        if (!recursive && Directory.EnumerateFileSystemEntries(path).Any())
            throw new StorageException($"{path} is non empty", "PathIsNotEmptyDirectoryException");
        Directory.Delete(path, recursive);
        return Task.FromResult(true);
    }

    public Task<IReadOnlyList<BlockLocation>> LocateAsync(
        string path, long offset, long length, CancellationToken stop = default)
    {
        // A shared directory is equally near to every node, so no host is named.
        IReadOnlyList<BlockLocation> whole = length == 0 ? [] : [new BlockLocation(offset, length, [])];
        return Task.FromResult(whole);
    }

    public Task<ContentSummary> SummarizeAsync(string path, CancellationToken stop = default)
    {
        var status = Stat(path) ?? throw Missing(path);
        if (!status.IsDirectory)
            return Task.FromResult(new ContentSummary(0, 1, status.Length, status.Length));
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(f => new FileInfo(f).Length).ToList();
        var directories = Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Count();
        return Task.FromResult(new ContentSummary(directories + 1, files.Count, files.Sum(), files.Sum()));
    }

    public async Task AppendAsync(
        string path, Func<Stream, CancellationToken, Task> write, CancellationToken stop = default)
    {
        if (!File.Exists(path))
            throw Missing(path);
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write);
        await write(file, stop);
    }

    public Task<bool> SetReplicationAsync(string path, int replication, CancellationToken stop = default) =>
        Task.FromResult(File.Exists(path));

    public Task SetPermissionAsync(string path, string permission, CancellationToken stop = default)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(permission, 8));
        return Task.CompletedTask;
    }

    public Task SetOwnerAsync(string path, string? owner, string? group, CancellationToken stop = default) =>
        throw new StorageException($"the owner of {path} cannot be changed from here; use chown", "UnsupportedOperationException");

    public Task<FileChecksum?> ChecksumAsync(string path, CancellationToken stop = default) =>
        Task.FromResult<FileChecksum?>(null);

    public Task<DiskUsage> UsageAsync(CancellationToken stop = default)
    {
        var drive = new DriveInfo(StoragePath.Root);
        return Task.FromResult(new DiskUsage(drive.TotalSize, drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace));
    }

    private static FileStatus? Stat(string path)
    {
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists)
            return null;
        var file = info as FileInfo;
        var mode = (int)info.UnixFileMode & 0b111_111_111;
        return new FileStatus(path, file is null, file?.Length ?? 0, file is null ? 0 : BlockSizeBytes,
            file is null ? 0 : 1, info.LastWriteTimeUtc, info.LastAccessTimeUtc,
            Convert.ToString(mode, 8).ToString(CultureInfo.InvariantCulture), Environment.UserName, Environment.UserName);
    }

    private static FileNotFoundException Missing(string path) => new($"File does not exist: {path}", path);
}
