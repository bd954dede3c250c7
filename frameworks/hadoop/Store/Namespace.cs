using Agora.Storage;
using Microsoft.Data.Sqlite;

namespace Agora.Hadoop.Store;

/// <summary>
/// Which files there are and which blocks they are made of. Every change is one transaction that is on disk when the
/// call returns. Any thread.
/// </summary>
internal sealed partial class Namespace : IDisposable
{
    /// <summary>Open to everyone, each for his own files: only an owner may remove or rename what is in it.</summary>
    private const string SharedPermission = "1777";
    private const string DirectoryPermission = "755";
    private const long RootId = 1;
    private const string InodeColumns =
        "id, name, directory, length, block_size, replication, modified, accessed, permission, owner, grp";

    private readonly NamespaceFile _file;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    public Namespace(string path, string superuser, string group, TimeProvider time)
    {
        _time = time;
        _file = new NamespaceFile(path);
        using var transaction = _file.Begin();
        var isNew = _file.Run($"INSERT OR IGNORE INTO inode VALUES({RootId}, 0, '', 1, 0, 0, 0, $now, 0, " +
            $"'{DirectoryPermission}', $user, $group)", ("$now", Now), ("$user", superuser), ("$group", group)) == 1;
        if (isNew)
        {
            foreach (var name in new[] { "tmp", "user" })
                Insert(RootId, new Inode(0, name, true, 0, 0, 0, Now, 0, SharedPermission, superuser, group));
        }
        transaction.Commit();
    }

    /// <summary>Null if there is nothing at the path.</summary>
    public Inode? Find(string path)
    {
        lock (_lock)
            return Locked(path);
    }

    /// <summary>What is on the way from the root to the path; null from where there is nothing.</summary>
    public IReadOnlyList<Inode?> Trail(string path)
    {
        lock (_lock)
        {
            List<Inode?> trail = [ById(RootId)];
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
                trail.Add(trail[^1] is { } parent ? Child(parent.Id, name) : null);
            return trail;
        }
    }

    /// <summary>Sorted by name, bytewise.</summary>
    public IReadOnlyList<Inode> Children(Inode directory)
    {
        lock (_lock)
        {
            return _file.Query($"SELECT {InodeColumns} FROM inode WHERE parent = $id ORDER BY name", ReadInode,
                ("$id", directory.Id));
        }
    }

    /// <summary>All directories at and below one.</summary>
    public IReadOnlyList<Inode> Directories(Inode directory)
    {
        lock (_lock)
        {
            return _file.Query($"""
                WITH RECURSIVE tree(id) AS (SELECT $id UNION ALL SELECT i.id FROM inode i JOIN tree t ON i.parent = t.id)
                SELECT {InodeColumns} FROM inode WHERE directory = 1 AND id IN (SELECT id FROM tree) ORDER BY id
                """, ReadInode, ("$id", directory.Id));
        }
    }

    /// <summary>Makes a directory and its parents.</summary>
    /// <exception cref="FileNotFoundException">A file is in the way; Hadoop's own class for it.</exception>
    /// <exception cref="QuotaExceededException">There is no room for them.</exception>
    public void MakeDirectories(string path, string permission, string owner)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            DemandQuotas(MakeDirectoriesLocked(path, permission, owner).Id);
            transaction.Commit();
        }
    }

    /// <summary>Adds a file that is written already, and the directories it lacks.</summary>
    /// <param name="file">Its id, name and group are set here.</param>
    /// <param name="replaced">The blocks of the file it takes the place of.</param>
    /// <returns>False if something that may not be replaced is there.</returns>
    public bool AddFile(string path, Inode file, IReadOnlyList<WrittenBlock> blocks, bool overwrite,
        out IReadOnlyList<Block> replaced)
    {
        lock (_lock)
        {
            replaced = [];
            using var transaction = _file.Begin();
            if (Locked(path) is { } there)
            {
                if (there.IsDirectory || !overwrite)
                    return false;
                replaced = BlocksOf(there.Id);
                Remove(there.Id);
            }
            var parent = MakeDirectoriesLocked(StoragePath.ParentOf(path)!, DirectoryPermission, file.Owner);
            var id = Insert(parent.Id, file with { Name = StoragePath.NameOf(path), Group = parent.Group });
            AddBlocks(id, 0, blocks);
            DemandQuotas(parent.Id);
            Touch(parent.Id);
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Adds blocks to the end of a file. False if it has gone or changed since it was read.</summary>
    public bool Append(Inode file, IReadOnlyList<WrittenBlock> blocks)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            var changed = _file.Run(
                "UPDATE inode SET length = length + $more, modified = $now WHERE id = $id AND length = $length",
                ("$more", blocks.Sum(b => b.Length)), ("$now", Now), ("$id", file.Id), ("$length", file.Length));
            if (changed == 0)
                return false;
            AddBlocks(file.Id, BlocksOf(file.Id).Count, blocks);
            DemandQuotas(file.Id);
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Moves a file or directory, into the destination if that is a directory.</summary>
    public bool Rename(string path, string destination)
    {
        lock (_lock)
        {
            if (path == StoragePath.Root || Locked(path) is not { } source)
                return false;
            if (Locked(destination) is { IsDirectory: true })
                destination = StoragePath.Join(destination, StoragePath.NameOf(path));
            if (destination == path)
                return true;
            if (Locked(destination) is not null || IsBelow(destination, path) ||
                Locked(StoragePath.ParentOf(destination)!) is not { IsDirectory: true } parent)
                return false;
            using var transaction = _file.Begin();
            Move(source, path, parent, destination);
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Moves to exactly the destination, or says why not: Hadoop 2's other rename.</summary>
    /// <param name="replaced">The blocks of the file that was at the destination.</param>
    /// <exception cref="FileNotFoundException">The source or the destination's parent is missing.</exception>
    /// <exception cref="IOException">The destination may not be replaced.</exception>
    public void RenameExactly(string path, string destination, bool overwrite, out IReadOnlyList<Block> replaced)
    {
        lock (_lock)
        {
            replaced = [];
            if (Locked(path) is not { } source)
                throw new FileNotFoundException($"rename source {path} is not found.");
            if (path == StoragePath.Root || destination == StoragePath.Root)
                throw new IOException("rename source or destination cannot be the root");
            if (destination == path)
                throw new IOException($"The source {path} and destination {destination} are the same");
            if (IsBelow(destination, path))
                throw new IOException($"Rename destination {destination} is a directory or file under source {path}");
            if (Locked(StoragePath.ParentOf(destination)!) is not { IsDirectory: true } parent)
                throw new FileNotFoundException($"rename destination parent {destination} not found.");
            using var transaction = _file.Begin();
            if (Locked(destination) is { } there)
            {
                if (there.IsDirectory != source.IsDirectory)
                    throw new IOException($"Source {path} and destination {destination} must both be directories or files");
                if (!overwrite)
                    throw new IOException($"rename destination {destination} already exists");
                if (there.IsDirectory && HasChildren(there.Id))
                    throw new IOException($"rename destination directory is not empty: {destination}");
                replaced = BlocksOf(there.Id);
                Remove(there.Id);
            }
            Move(source, path, parent, destination);
            transaction.Commit();
        }
    }

    /// <summary>Deletes what is at the path and all below it.</summary>
    /// <param name="removed">The blocks it was made of.</param>
    /// <returns>False if nothing is there, or it is the root.</returns>
    /// <exception cref="IOException">It is a directory that is not empty, and not to be deleted with what is in it.</exception>
    public bool Delete(string path, bool recursive, out IReadOnlyList<Block> removed)
    {
        lock (_lock)
        {
            removed = [];
            if (path == StoragePath.Root || Locked(path) is not { } inode)
                return false;
            if (!recursive && HasChildren(inode.Id))
                throw new IOException($"{path} is non empty");
            var ids = Subtree(inode.Id);
            removed = [.. ids.SelectMany(BlocksOf)];
            using var transaction = _file.Begin();
            foreach (var id in ids)
                Remove(id);
            Touch(Locked(StoragePath.ParentOf(path)!)!.Id);
            transaction.Commit();
            return true;
        }
    }

    public ContentSummary Summarize(Inode inode)
    {
        lock (_lock)
        {
            var (names, bytes) = QuotaOf(inode.Id);
            return Used(inode.Id) with { Quota = names, SpaceQuotaBytes = bytes };
        }
    }

    /// <summary>Changes what is not null.</summary>
    /// <exception cref="QuotaExceededException">There is no room for so many copies.</exception>
    public void SetAttributes(
        Inode inode, string? permission = null, string? owner = null, string? group = null,
        long? modifiedMs = null, long? accessedMs = null, int? replication = null)
    {
        lock (_lock)
        {
            using var transaction = _file.Begin();
            _file.Run("""
                UPDATE inode SET permission = coalesce($permission, permission), owner = coalesce($owner, owner),
                  grp = coalesce($group, grp), modified = coalesce($modified, modified),
                  accessed = coalesce($accessed, accessed), replication = coalesce($replication, replication)
                WHERE id = $id
                """,
                ("$permission", permission), ("$owner", owner), ("$group", group), ("$modified", modifiedMs),
                ("$accessed", accessedMs), ("$replication", replication), ("$id", inode.Id));
            if (replication > inode.Replication)
                DemandQuotas(inode.Id);
            transaction.Commit();
        }
    }

    public void Dispose() => _file.Dispose();

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static bool IsBelow(string path, string directory) =>
        path.StartsWith(directory + "/", StringComparison.Ordinal);

    private Inode? Locked(string path)
    {
        var inode = ById(RootId);
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Child(inode.Id, name) is not { } next)
                return null;
            inode = next;
        }
        return inode;
    }

    private Inode ById(long id) =>
        _file.Query($"SELECT {InodeColumns} FROM inode WHERE id = $id", ReadInode, ("$id", id))[0];

    private Inode? Child(long parent, string name) => _file.Query(
        $"SELECT {InodeColumns} FROM inode WHERE parent = $parent AND name = $name", ReadInode,
        ("$parent", parent), ("$name", name)).FirstOrDefault();

    private bool HasChildren(long id) =>
        _file.Query("SELECT EXISTS(SELECT 1 FROM inode WHERE parent = $id)", r => r.GetInt64(0), ("$id", id))[0] == 1;

    private Inode MakeDirectoriesLocked(string path, string permission, string owner)
    {
        var current = ById(RootId);
        var at = StoragePath.Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = StoragePath.Join(at, name);
            if (Child(current.Id, name) is not { } next)
            {
                var id = Insert(current.Id,
                    new Inode(0, name, true, 0, 0, 0, Now, 0, permission, owner, current.Group));
                Touch(current.Id);
                next = ById(id);
            }
            if (!next.IsDirectory)
                throw new FileNotFoundException($"Parent path is not a directory: {at}");
            current = next;
        }
        return current;
    }

    private void Move(Inode source, string path, Inode parent, string destination)
    {
        var oldParent = Locked(StoragePath.ParentOf(path)!)!;
        var before = WithThoseAbove(oldParent.Id);
        _file.Run("UPDATE inode SET parent = $parent, name = $name WHERE id = $id",
            ("$parent", parent.Id), ("$name", StoragePath.NameOf(destination)), ("$id", source.Id));
        DemandQuotas(parent.Id, except: before);
        Touch(parent.Id);
        Touch(oldParent.Id);
    }

    private long Insert(long parent, Inode inode) => _file.Query("""
        INSERT INTO inode(parent, name, directory, length, block_size, replication, modified, accessed, permission, owner, grp)
        VALUES($parent, $name, $directory, $length, $block_size, $replication, $modified, $accessed, $permission, $owner, $group)
        RETURNING id
        """,
        r => r.GetInt64(0), ("$parent", parent), ("$name", inode.Name), ("$directory", inode.IsDirectory ? 1 : 0),
        ("$length", inode.Length), ("$block_size", inode.BlockSizeBytes), ("$replication", inode.Replication),
        ("$modified", inode.ModifiedMs), ("$accessed", inode.AccessedMs), ("$permission", inode.Permission),
        ("$owner", inode.Owner), ("$group", inode.Group))[0];

    private ContentSummary Used(long id) => _file.Query("""
        WITH RECURSIVE tree(id) AS (SELECT $id UNION ALL SELECT i.id FROM inode i JOIN tree t ON i.parent = t.id)
        SELECT total(directory), count(*) - total(directory), total(length), total(length * replication)
        FROM inode WHERE id IN (SELECT id FROM tree)
        """,
        r => new ContentSummary(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), ("$id", id))[0];

    private List<long> Subtree(long id) => _file.Query(
        "WITH RECURSIVE tree(id) AS (SELECT $id UNION ALL SELECT i.id FROM inode i JOIN tree t ON i.parent = t.id) SELECT id FROM tree",
        r => r.GetInt64(0), ("$id", id));

    /// <returns>How many there were: 1 or 0.</returns>
    private int Remove(long id)
    {
        RemoveBlocks(id, 0);
        _file.Run("DELETE FROM attribute WHERE inode = $id", ("$id", id));
        _file.Run("DELETE FROM quota WHERE inode = $id", ("$id", id));
        return _file.Run("DELETE FROM inode WHERE id = $id", ("$id", id));
    }

    private void Touch(long id) => _file.Run("UPDATE inode SET modified = $now WHERE id = $id", ("$now", Now), ("$id", id));

    private static Inode ReadInode(SqliteDataReader r) => new(
        r.GetInt64(0), r.GetString(1), r.GetInt64(2) == 1, r.GetInt64(3), r.GetInt64(4), r.GetInt32(5), r.GetInt64(6),
        r.GetInt64(7), r.GetString(8), r.GetString(9), r.GetString(10));
}
