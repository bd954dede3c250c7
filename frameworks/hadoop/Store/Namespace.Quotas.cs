using Agora.Storage;

namespace Agora.Hadoop.Store;

/// <summary>A directory may not hold what somebody wants to put there. <see cref="Exception.Message"/> is Hadoop's sentence.</summary>
/// <param name="name">Hadoop's class.</param>
internal sealed class QuotaExceededException(string name, string message) : Exception(message)
{
    public string Name => name;
}

/// <summary>
/// How much directories may hold. What is used is counted when a directory that has a quota gets more, so that nothing
/// has to be kept up to date; that takes as long as the directory has entries below it.
/// </summary>
internal sealed partial class Namespace
{
    /// <summary>Stands for no quota.</summary>
    public const long NoQuota = -1;

    private const string Above = """
        WITH RECURSIVE up(id, height) AS (
          SELECT $id, 0 UNION ALL SELECT i.parent, height + 1 FROM inode i JOIN up u ON i.id = u.id WHERE i.parent <> 0)
        """;

    /// <summary>Sets what is not null: how many names a directory may hold, itself too, and how many bytes with all copies.</summary>
    public void SetQuota(Inode directory, long? names, long? bytes)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            _file.Run("INSERT OR IGNORE INTO quota VALUES($id, $none, $none)", ("$id", directory.Id), ("$none", NoQuota));
            _file.Run("UPDATE quota SET names = coalesce($names, names), bytes = coalesce($bytes, bytes) WHERE inode = $id",
                ("$names", names), ("$bytes", bytes), ("$id", directory.Id));
            _file.Run("DELETE FROM quota WHERE inode = $id AND names = $none AND bytes = $none",
                ("$id", directory.Id), ("$none", NoQuota));
            transaction.Commit();
        }
    }

    /// <summary>Asks before a file is written whether the directories above it have room for it.</summary>
    /// <param name="moreBytes">With all copies.</param>
    /// <exception cref="QuotaExceededException">They do not.</exception>
    public void DemandRoom(string path, long moreBytes)
    {
        lock (_lock)
        {
            var missing = 0;
            Inode? there;
            while ((there = Locked(path)) is null)
            {
                missing++;
                path = StoragePath.ParentOf(path)!;
            }
            DemandQuotas(there.Id, moreNames: missing, moreBytes: moreBytes);
        }
    }

    /// <summary>Throws, so that the transaction is undone, if a change made more of a directory than it may hold.</summary>
    /// <param name="id">What is new, or the directory it is in.</param>
    /// <param name="except">Directories that held it before.</param>
    /// <exception cref="QuotaExceededException">It did.</exception>
    private void DemandQuotas(long id, IReadOnlyCollection<long>? except = null, long moreNames = 0, long moreBytes = 0)
    {
        foreach (var (directory, names, bytes) in _file.Query(
            Above + "SELECT q.inode, q.names, q.bytes FROM up JOIN quota q ON q.inode = up.id ORDER BY height",
            r => (r.GetInt64(0), r.GetInt64(1), r.GetInt64(2)), ("$id", id)))
        {
            if (except is not null && except.Contains(directory))
                continue;
            var used = Used(directory);
            var (namesUsed, bytesUsed) = (used.Directories + used.Files + moreNames, used.SpaceConsumedBytes + moreBytes);
            if (names != NoQuota && namesUsed > names)
            {
                throw new QuotaExceededException("NSQuotaExceededException",
                    $"The NameSpace quota (directories and files) of directory {PathOf(directory)} is exceeded: " +
                    $"quota={names} file count={namesUsed}");
            }
            if (bytes != NoQuota && bytesUsed > bytes)
            {
                throw new QuotaExceededException("DSQuotaExceededException",
                    $"The DiskSpace quota of {PathOf(directory)} is exceeded: quota = {bytes} B = {Readable(bytes)} " +
                    $"but diskspace consumed = {bytesUsed} B = {Readable(bytesUsed)}");
            }
        }
    }

    private (long Names, long Bytes) QuotaOf(long id) => _file.Query("SELECT names, bytes FROM quota WHERE inode = $id",
        r => (r.GetInt64(0), r.GetInt64(1)), ("$id", id)) is [var quota] ? quota : (NoQuota, NoQuota);

    private List<long> WithThoseAbove(long id) => _file.Query(Above + "SELECT id FROM up", r => r.GetInt64(0), ("$id", id));

    private string PathOf(long id) => StoragePath.Root + string.Join('/', _file.Query(
        Above + "SELECT i.name FROM up JOIN inode i ON i.id = up.id WHERE i.parent <> 0 ORDER BY height DESC",
        r => r.GetString(0), ("$id", id)));

    /// <summary>As Hadoop's messages say it: <c>1 KB</c>, <c>1.50 MB</c>.</summary>
    private static string Readable(long bytes)
    {
        var power = 0;
        while (power < 6 && bytes >> (10 * (power + 1)) > 0)
            power++;
        var unit = power == 0 ? "B" : $"{"KMGTPE"[power - 1]}B";
        var exact = (bytes & ((1L << (10 * power)) - 1)) == 0;
        return exact ? $"{bytes >> (10 * power)} {unit}" : FormattableString.Invariant($"{bytes / (double)(1L << (10 * power)):F2} {unit}");
    }
}
