using Agora.Storage;
using Microsoft.Data.Sqlite;

namespace Agora.Hadoop.Store;

/// <summary>
/// Which files there are and which blocks they are made of, in one SQLite file. Every change is one transaction that is
/// on disk when the call returns. Any thread.
/// </summary>
internal sealed class Namespace : IDisposable
{
    private const long RootId = 1;
    private const string InodeColumns =
        "id, name, directory, length, block_size, replication, modified, accessed, permission, owner, grp";

    private readonly SqliteConnection _database;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    public Namespace(string path, TimeProvider time)
    {
        _time = time;
        _database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path }.ToString());
        _database.Open();
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        Run("""
            CREATE TABLE IF NOT EXISTS inode(
              id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, directory INTEGER NOT NULL,
              length INTEGER NOT NULL, block_size INTEGER NOT NULL, replication INTEGER NOT NULL,
              modified INTEGER NOT NULL, accessed INTEGER NOT NULL, permission TEXT NOT NULL, owner TEXT NOT NULL,
              grp TEXT NOT NULL, UNIQUE(parent, name));
            CREATE TABLE IF NOT EXISTS block(
              id INTEGER PRIMARY KEY, inode INTEGER NOT NULL, number INTEGER NOT NULL, length INTEGER NOT NULL,
              UNIQUE(inode, number));
            CREATE TABLE IF NOT EXISTS replica(
              block INTEGER NOT NULL, node TEXT NOT NULL, PRIMARY KEY(block, node)) WITHOUT ROWID;
            """);
        Run($"INSERT OR IGNORE INTO inode VALUES({RootId}, 0, '', 1, 0, 0, 0, $now, 0, '755', $user, 'supergroup')",
            ("$now", Now), ("$user", Environment.UserName));
    }

    public IReadOnlySet<long> BlockIds()
    {
        lock (_lock)
            return Query("SELECT id FROM block", r => r.GetInt64(0)).ToHashSet();
    }

    /// <summary>Null if there is nothing at the path.</summary>
    public Inode? Find(string path)
    {
        lock (_lock)
            return Locked(path);
    }

    public IReadOnlyList<Inode> Children(Inode directory)
    {
        lock (_lock)
        {
            return Query($"SELECT {InodeColumns} FROM inode WHERE parent = $id ORDER BY name", ReadInode,
                ("$id", directory.Id));
        }
    }

    public IReadOnlyList<Block> Blocks(Inode file)
    {
        lock (_lock)
            return BlocksOf(file.Id);
    }

    /// <summary>Makes a directory and its parents.</summary>
    /// <exception cref="FileNotFoundException">A file is in the way; Hadoop's own class for it.</exception>
    public void MakeDirectories(string path, string permission, string owner, string group)
    {
        lock (_lock)
        {
            using var transaction = _database.BeginTransaction();
            MakeDirectoriesLocked(path, permission, owner, group);
            transaction.Commit();
        }
    }

    /// <summary>Puts a written file in its place.</summary>
    /// <param name="replaced">Blocks of the file that was there before.</param>
    /// <returns>False if something that may not be replaced is there.</returns>
    public bool AddFile(string path, Inode file, IReadOnlyList<Block> blocks, bool overwrite,
        out IReadOnlyList<Block> replaced)
    {
        lock (_lock)
        {
            replaced = [];
            using var transaction = _database.BeginTransaction();
            if (Locked(path) is { } there)
            {
                if (there.IsDirectory || !overwrite)
                    return false;
                replaced = BlocksOf(there.Id);
                Remove(there.Id);
            }
            var parent = MakeDirectoriesLocked(StoragePath.ParentOf(path)!, "755", file.Owner, file.Group);
            var id = Insert(parent.Id, file with { Name = StoragePath.NameOf(path) });
            AddBlocks(id, 0, blocks);
            Touch(parent.Id);
            transaction.Commit();
            return true;
        }
    }

    /// <summary>Adds blocks to the end of a file. False if it has gone or changed since it was read.</summary>
    public bool Append(Inode file, IReadOnlyList<Block> blocks)
    {
        lock (_lock)
        {
            using var transaction = _database.BeginTransaction();
            var changed = Run("UPDATE inode SET length = length + $more, modified = $now WHERE id = $id AND length = $length",
                ("$more", blocks.Sum(b => b.Length)), ("$now", Now), ("$id", file.Id), ("$length", file.Length));
            if (changed == 0)
                return false;
            AddBlocks(file.Id, BlocksOf(file.Id).Count, blocks);
            transaction.Commit();
            return true;
        }
    }

    public bool Rename(string path, string destination)
    {
        lock (_lock)
        {
            if (path == StoragePath.Root || Locked(path) is not { } source)
                return false;
            if (Locked(destination) is { IsDirectory: true })
                destination = StoragePath.Join(destination, StoragePath.NameOf(path));
            if (Locked(destination) is not null || destination.StartsWith(path + "/", StringComparison.Ordinal) ||
                Locked(StoragePath.ParentOf(destination)!) is not { IsDirectory: true } parent)
                return false;
            using var transaction = _database.BeginTransaction();
            var oldParent = Locked(StoragePath.ParentOf(path)!)!;
            Run("UPDATE inode SET parent = $parent, name = $name WHERE id = $id",
                ("$parent", parent.Id), ("$name", StoragePath.NameOf(destination)), ("$id", source.Id));
            Touch(parent.Id);
            Touch(oldParent.Id);
            transaction.Commit();
            return true;
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
            var ids = Subtree(inode.Id);
            if (ids.Count > 1 && !recursive)
                throw new IOException($"{path} is non empty");
            removed = [.. ids.SelectMany(BlocksOf)];
            using var transaction = _database.BeginTransaction();
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
            return Query($"""
                WITH RECURSIVE tree(id) AS (SELECT $id UNION ALL SELECT i.id FROM inode i JOIN tree t ON i.parent = t.id)
                SELECT total(directory), count(*) - total(directory), total(length), total(length * replication)
                FROM inode WHERE id IN (SELECT id FROM tree)
                """,
                r => new ContentSummary(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)),
                ("$id", inode.Id))[0];
        }
    }

    /// <summary>Changes what is not null.</summary>
    public void SetAttributes(
        Inode inode, string? permission = null, string? owner = null, string? group = null,
        long? modifiedMs = null, long? accessedMs = null)
    {
        lock (_lock)
        {
            Run("""
                UPDATE inode SET permission = coalesce($permission, permission), owner = coalesce($owner, owner),
                  grp = coalesce($group, grp), modified = coalesce($modified, modified),
                  accessed = coalesce($accessed, accessed) WHERE id = $id
                """,
                ("$permission", permission), ("$owner", owner), ("$group", group), ("$modified", modifiedMs),
                ("$accessed", accessedMs), ("$id", inode.Id));
        }
    }

    public void Dispose() => _database.Dispose();

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private Inode? Locked(string path)
    {
        var inode = ById(RootId);
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            inode = Query($"SELECT {InodeColumns} FROM inode WHERE parent = $parent AND name = $name", ReadInode,
                ("$parent", inode.Id), ("$name", name)).FirstOrDefault();
            if (inode is null)
                return null;
        }
        return inode;
    }

    private Inode ById(long id) => Query($"SELECT {InodeColumns} FROM inode WHERE id = $id", ReadInode, ("$id", id))[0];

    private Inode MakeDirectoriesLocked(string path, string permission, string owner, string group)
    {
        var current = ById(RootId);
        var at = StoragePath.Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = StoragePath.Join(at, name);
            if (Locked(at) is not { } next)
            {
                var id = Insert(current.Id,
                    new Inode(0, name, true, 0, 0, 0, Now, 0, permission, owner, group));
                Touch(current.Id);
                next = ById(id);
            }
            if (!next.IsDirectory)
                throw new FileNotFoundException($"Parent path is not a directory: {at}");
            current = next;
        }
        return current;
    }

    private long Insert(long parent, Inode inode) => Query("""
        INSERT INTO inode(parent, name, directory, length, block_size, replication, modified, accessed, permission, owner, grp)
        VALUES($parent, $name, $directory, $length, $block_size, $replication, $modified, $accessed, $permission, $owner, $group)
        RETURNING id
        """,
        r => r.GetInt64(0), ("$parent", parent), ("$name", inode.Name), ("$directory", inode.IsDirectory ? 1 : 0),
        ("$length", inode.Length), ("$block_size", inode.BlockSizeBytes), ("$replication", inode.Replication),
        ("$modified", inode.ModifiedMs), ("$accessed", inode.AccessedMs), ("$permission", inode.Permission),
        ("$owner", inode.Owner), ("$group", inode.Group))[0];

    private void AddBlocks(long file, int firstNumber, IReadOnlyList<Block> blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            Run("INSERT INTO block(id, inode, number, length) VALUES($id, $inode, $number, $length)",
                ("$id", blocks[i].Id), ("$inode", file), ("$number", firstNumber + i), ("$length", blocks[i].Length));
            foreach (var node in blocks[i].Nodes)
                Run("INSERT INTO replica(block, node) VALUES($block, $node)", ("$block", blocks[i].Id), ("$node", node));
        }
    }

    private List<Block> BlocksOf(long file)
    {
        var offset = 0L;
        List<Block> blocks = [];
        foreach (var (id, length) in Query("SELECT id, length FROM block WHERE inode = $id ORDER BY number",
            r => (r.GetInt64(0), r.GetInt64(1)), ("$id", file)))
        {
            blocks.Add(new Block(id, offset, length,
                Query("SELECT node FROM replica WHERE block = $id ORDER BY node", r => r.GetString(0), ("$id", id))));
            offset += length;
        }
        return blocks;
    }

    private List<long> Subtree(long id) => Query(
        "WITH RECURSIVE tree(id) AS (SELECT $id UNION ALL SELECT i.id FROM inode i JOIN tree t ON i.parent = t.id) SELECT id FROM tree",
        r => r.GetInt64(0), ("$id", id));

    private void Remove(long id)
    {
        Run("DELETE FROM replica WHERE block IN (SELECT id FROM block WHERE inode = $id)", ("$id", id));
        Run("DELETE FROM block WHERE inode = $id", ("$id", id));
        Run("DELETE FROM inode WHERE id = $id", ("$id", id));
    }

    private void Touch(long id) => Run("UPDATE inode SET modified = $now WHERE id = $id", ("$now", Now), ("$id", id));

    private static Inode ReadInode(SqliteDataReader r) => new(
        r.GetInt64(0), r.GetString(1), r.GetInt64(2) == 1, r.GetInt64(3), r.GetInt64(4), r.GetInt32(5), r.GetInt64(6),
        r.GetInt64(7), r.GetString(8), r.GetString(9), r.GetString(10));

    private int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private List<T> Query<T>(
        string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <remarks>All statements are constants of this class; values only ever come as parameters.</remarks>
    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _database.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
