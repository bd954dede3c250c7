namespace Agora.Storage;

/// <summary>
/// One store of files, by absolute slash-separated paths. Two implementations: <see cref="WebHdfs"/> (a Hadoop cluster
/// or the embedded store) and <see cref="LocalFiles"/>. Safe to use from several threads.
/// <para>Failures: <see cref="FileNotFoundException"/> for what is not there, <see cref="StorageException"/> for what
/// the store refuses, <see cref="HttpRequestException"/> for a store that is not reached.</para>
/// </summary>
public interface IFileSystem
{
    /// <summary>What qualifies its paths, such as <c>hdfs://127.0.0.1:9870</c> or <c>file:</c>; no slash at the end.</summary>
    string Prefix { get; }

    /// <summary>Where relative paths start.</summary>
    string HomeDirectory { get; }

    /// <summary>Null if there is nothing at the path.</summary>
    Task<FileStatus?> StatAsync(string path, CancellationToken stop = default);

    /// <summary>What a directory holds, sorted by name; for a file, the file itself.</summary>
    Task<IReadOnlyList<FileStatus>> ListAsync(string path, CancellationToken stop = default);

    /// <summary>Opens a part of a file. The stream ends early only where the file does.</summary>
    /// <param name="offset">Where to begin, in bytes; at or past the end gives an empty stream.</param>
    /// <param name="length">How much to read at most, in bytes; null for all.</param>
    Task<Stream> OpenAsync(
        string path, long offset = 0, long? length = null, CancellationToken stop = default);

    /// <summary>
    /// Creates a file and its parents from what <paramref name="write"/> writes. If that throws, no file appears.
    /// </summary>
    Task CreateAsync(
        string path, CreateOptions options, Func<Stream, CancellationToken, Task> write,
        CancellationToken stop = default);

    /// <summary>Makes a directory and its parents; true also if it is there already.</summary>
    Task<bool> MakeDirectoriesAsync(string path, CancellationToken stop = default);

    /// <summary>
    /// Moves a file or directory, into <paramref name="destination"/> if that is a directory. False if the source is
    /// missing, a file is in the way or the destination's parent is missing.
    /// </summary>
    Task<bool> RenameAsync(string path, string destination, CancellationToken stop = default);

    /// <summary>False if there was nothing to delete.</summary>
    Task<bool> DeleteAsync(string path, bool recursive, CancellationToken stop = default);

    /// <summary>Which hosts hold which part of a file; empty for an empty file.</summary>
    Task<IReadOnlyList<BlockLocation>> LocateAsync(
        string path, long offset, long length, CancellationToken stop = default);

    Task<ContentSummary> SummarizeAsync(string path, CancellationToken stop = default);

    /// <summary>Adds what <paramref name="write"/> writes to the end of a file.</summary>
    Task AppendAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken stop = default);

    /// <summary>Sets how many copies a file is to have. False for a directory, and where there are no copies.</summary>
    Task<bool> SetReplicationAsync(string path, int replication, CancellationToken stop = default);

    /// <param name="permission">Octal digits.</param>
    Task SetPermissionAsync(string path, string permission, CancellationToken stop = default);

    /// <summary>Changes what is not null.</summary>
    Task SetOwnerAsync(string path, string? owner, string? group, CancellationToken stop = default);

    /// <summary>Null where the store computes none.</summary>
    Task<FileChecksum?> ChecksumAsync(string path, CancellationToken stop = default);

    Task<DiskUsage> UsageAsync(CancellationToken stop = default);
}

/// <param name="Bytes">In hexadecimal.</param>
public sealed record FileChecksum(string Algorithm, string Bytes);

/// <summary>Of a whole store, in bytes.</summary>
public sealed record DiskUsage(long Capacity, long Used, long Free);

/// <param name="Path">Absolute, without the store's prefix.</param>
/// <param name="Length">In bytes; 0 for a directory.</param>
/// <param name="BlockSizeBytes">0 for a directory.</param>
/// <param name="Replication">Copies of each block; 0 for a directory.</param>
/// <param name="Permission">Octal digits, such as <c>644</c>.</param>
public sealed record FileStatus(
    string Path, bool IsDirectory, long Length, long BlockSizeBytes, int Replication, DateTimeOffset Modified,
    DateTimeOffset Accessed, string Permission, string Owner, string Group)
{
    public string Name => StoragePath.NameOf(Path);
}

/// <param name="Offset">Where the block begins in its file, in bytes.</param>
/// <param name="Hosts">Hostnames that hold a copy, preferred first.</param>
public sealed record BlockLocation(long Offset, long Length, IReadOnlyList<string> Hosts);

/// <param name="Directories">Counts the path itself if it is one.</param>
/// <param name="SpaceConsumedBytes">Length times copies.</param>
/// <param name="Quota">How many files and directories there may be, itself too; -1 if any number.</param>
/// <param name="SpaceQuotaBytes">How many bytes with all copies; -1 if any number.</param>
public sealed record ContentSummary(
    long Directories, long Files, long Length, long SpaceConsumedBytes, long Quota = -1, long SpaceQuotaBytes = -1);

/// <param name="Overwrite">Replace a file that is there; otherwise refuse.</param>
/// <param name="BlockSizeBytes">Null takes the store's own.</param>
/// <param name="Replication">Null takes the store's own.</param>
public sealed record CreateOptions(bool Overwrite = false, long? BlockSizeBytes = null, int? Replication = null);

/// <summary>The store refused. <see cref="Exception.Message"/> is the store's own sentence.</summary>
public sealed class StorageException(string message, string remoteException = "IOException", Exception? inner = null)
    : IOException(message, inner)
{
    /// <summary>The class of failure the store named, such as <c>AccessControlException</c>.</summary>
    public string RemoteException { get; } = remoteException;
}
