using Agora.Election;
using Microsoft.Data.Sqlite;

namespace Agora.Daemon.Hosting;

/// <summary>What a master that is alone hands on to its next start: one row of a SQLite file, which one process has at a time.</summary>
public sealed class SqliteState : ILeaderState
{
    /// <summary>For a former process of this master to end that is just ending.</summary>
    private const int LockSeconds = 5;

    private readonly SqliteConnection _database;

    /// <param name="path">Of the file, made if it is not there; its directory exists.</param>
    public SqliteState(string path) => _database = new SqliteConnection(
        new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = LockSeconds }.ToString());

    public Task<byte[]?> LoadAsync(CancellationToken cancellation) => Task.Run(() => Try(() =>
    {
        _database.Open();
        Run("PRAGMA locking_mode=EXCLUSIVE");
        Run("PRAGMA journal_mode=WAL");
        Run("PRAGMA synchronous=FULL");
        Run("CREATE TABLE IF NOT EXISTS state(id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL)");
        using var read = _database.CreateCommand();
        read.CommandText = "SELECT value FROM state";
        return read.ExecuteScalar() as byte[];
    }), cancellation);

    public Task StoreAsync(ReadOnlyMemory<byte> value, CancellationToken cancellation) => Task.Run(() => Try(() =>
    {
        using var write = _database.CreateCommand();
        write.CommandText = "INSERT INTO state(id, value) VALUES(1, $value) ON CONFLICT(id) DO UPDATE SET value = excluded.value";
        write.Parameters.AddWithValue("$value", value.ToArray());
        return write.ExecuteNonQuery();
    }), cancellation);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private T Try<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (SqliteException e)
        {
            throw new IOException($"{_database.DataSource}: {e.Message}", e);
        }
    }

    private void Run(string sql)
    {
        using var command = _database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
