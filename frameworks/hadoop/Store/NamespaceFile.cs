using Microsoft.Data.Sqlite;

namespace Agora.Hadoop.Store;

/// <summary>
/// The SQLite file below the namespace. A transaction is on disk when its commit returns. One thread at a time: its
/// owner locks.
/// </summary>
internal sealed class NamespaceFile : IDisposable
{
    private const long Version = 2;

    private readonly SqliteConnection _database;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <exception cref="IOException">The file is of another version of the store.</exception>
    public NamespaceFile(string path)
    {
        var isNew = !File.Exists(path);
        _database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _database.Open();
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        var version = Query("PRAGMA user_version", r => r.GetInt64(0))[0];
        if (!isNew && version != Version && Query("SELECT count(*) FROM sqlite_master", r => r.GetInt64(0))[0] > 0)
        {
            _database.Dispose();
            throw new IOException($"{path} is of version {version} of the store's format, this program reads version " +
                $"{Version}: run the version of Agora that wrote it, or choose another --root");
        }
        using var transaction = Begin();
        Run("""
            CREATE TABLE IF NOT EXISTS inode(
              id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, directory INTEGER NOT NULL,
              length INTEGER NOT NULL, block_size INTEGER NOT NULL, replication INTEGER NOT NULL,
              modified INTEGER NOT NULL, accessed INTEGER NOT NULL, permission TEXT NOT NULL, owner TEXT NOT NULL,
              grp TEXT NOT NULL, UNIQUE(parent, name))
            """);
        Run("""
            CREATE TABLE IF NOT EXISTS block(
              id INTEGER PRIMARY KEY, inode INTEGER NOT NULL, number INTEGER NOT NULL, length INTEGER NOT NULL,
              checksums BLOB NOT NULL, UNIQUE(inode, number))
            """);
        Run("""
            CREATE TABLE IF NOT EXISTS replica(
              block INTEGER NOT NULL, node TEXT NOT NULL, damaged INTEGER NOT NULL, PRIMARY KEY(block, node)) WITHOUT ROWID
            """);
        Run("CREATE TABLE IF NOT EXISTS counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID");
        // Versions of the program that do not know the tables below read a file that has them.
        Run("""
            CREATE TABLE IF NOT EXISTS attribute(
              inode INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(inode, name)) WITHOUT ROWID
            """);
        Run("CREATE TABLE IF NOT EXISTS quota(inode INTEGER PRIMARY KEY, names INTEGER NOT NULL, bytes INTEGER NOT NULL)");
        Run("""
            CREATE TABLE IF NOT EXISTS token(
              id TEXT PRIMARY KEY, owner TEXT NOT NULL, renewer TEXT NOT NULL, expires INTEGER NOT NULL,
              last INTEGER NOT NULL) WITHOUT ROWID
            """);
        Run($"PRAGMA user_version={Version}");
        transaction.Commit();
    }

    /// <summary>Begins a transaction; what is not committed when it is disposed of is undone.</summary>
    public Transaction Begin()
    {
        Run("BEGIN IMMEDIATE");
        return new Transaction(this);
    }

    /// <returns>How many rows changed.</returns>
    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteNonQuery();

    public List<T> Query<T>(
        string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Prepare(sql, parameters).ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
            command.Dispose();
        _database.Dispose();
    }

    /// <remarks>All statements are constants of the namespace, so few; values only ever come as parameters.</remarks>
    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _database.CreateCommand();
#pragma warning disable CA2100
            command.CommandText = sql;
#pragma warning restore CA2100
            _prepared.Add(sql, command);
        }
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    internal sealed class Transaction(NamespaceFile file) : IDisposable
    {
        private bool _ended;

        public void Commit()
        {
            file.Run("COMMIT");
            _ended = true;
        }

        public void Dispose()
        {
            // SQLite itself has undone a transaction for which there was no room on the disk.
            if (!_ended && SQLitePCL.raw.sqlite3_get_autocommit(file._database.Handle) == 0)
                file.Run("ROLLBACK");
            _ended = true;
        }
    }
}
