using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Server.Queue;
using Microsoft.Data.Sqlite;

namespace Agora.Torque.Server.Store;

/// <summary>
/// The queue in one SQLite file. What <see cref="Save"/> has taken outlives the process and the machine's power. Scripts are
/// read by the queue's loop while another thread saves; one waits for the other.
/// </summary>
public sealed class QueueStore : IDisposable
{
    /// <summary>For another server to end that is just ending.</summary>
    private const int LockSeconds = 2;

    private readonly SqliteConnection _database;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly Lock _turn = new();

    /// <param name="directory">Made if it is not there.</param>
    /// <exception cref="IOException">It cannot be opened, or another server has it.</exception>
    public QueueStore(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "queue.db");
        _database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = LockSeconds }.ToString());
        try
        {
            _database.Open();
            Run("PRAGMA locking_mode=EXCLUSIVE");
            Run("PRAGMA journal_mode=WAL");
            Run("PRAGMA synchronous=FULL");
            // Elements of an array have the index, single jobs and arrays have -1; they are one after the other on disk.
            Run("CREATE TABLE IF NOT EXISTS form(number INTEGER, element INTEGER, array INTEGER, json BLOB NOT NULL, PRIMARY KEY(number, element)) WITHOUT ROWID");
            Run("CREATE TABLE IF NOT EXISTS state(number INTEGER, element INTEGER, array INTEGER, json BLOB NOT NULL, PRIMARY KEY(number, element)) WITHOUT ROWID");
            Run("CREATE TABLE IF NOT EXISTS script(digest TEXT PRIMARY KEY, text BLOB NOT NULL)");
            Run("CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
        }
        catch (SqliteException e)
        {
            _database.Dispose();
            throw new IOException($"{path} cannot be used: {e.Message}; is another batch server running on it?", e);
        }
    }

    /// <summary>Null if nothing was ever saved.</summary>
    /// <param name="withScripts">Without, their texts are left empty, to be read one by one: see <see cref="ReadScript"/>.</param>
    /// <exception cref="IOException">The file is damaged.</exception>
    public QueueState? Load(bool withScripts = true)
    {
        try
        {
            Dictionary<string, string> settings = [];
            Read("SELECT name, value FROM setting", r => settings[r.GetString(0)] = r.GetString(1));
            if (!settings.TryGetValue("attributes", out var attributes))
                return null;
            List<StoredScript> scripts = [];
            List<StoredForm> forms = [];
            List<StoredJob> states = [];
            Read(withScripts ? "SELECT digest, text FROM script" : "SELECT digest, x'' FROM script", r => scripts.Add(new StoredScript(r.GetString(0), r.GetFieldValue<byte[]>(1))));
            Read("SELECT number, element, array, json FROM form", r => forms.Add(new StoredForm(IdOf(r), r.GetFieldValue<byte[]>(3))));
            Read("SELECT number, element, array, json FROM state", r => states.Add(new StoredJob(IdOf(r), r.GetFieldValue<byte[]>(3))));
            return new QueueState(scripts, forms, states, attributes, int.Parse(settings["next"], CultureInfo.InvariantCulture));
        }
        catch (SqliteException e)
        {
            throw new IOException($"{_database.DataSource} cannot be read: {e.Message}", e);
        }
    }

    /// <exception cref="IOException">It is not there, or the file is damaged.</exception>
    public byte[] ReadScript(string digest)
    {
        using var _ = _turn.EnterScope();
        try
        {
            var command = Prepared("SELECT text FROM script WHERE digest = $digest");
            if (command.Parameters.Count == 0)
                command.Parameters.AddWithValue("$digest", digest);
            command.Parameters[0].Value = digest;
            return command.ExecuteScalar() as byte[] ?? throw new IOException($"{_database.DataSource} has no script {digest}");
        }
        catch (SqliteException e)
        {
            throw new IOException($"{_database.DataSource} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes it all, or nothing, in one transaction.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing has been written, and it may be tried again.</exception>
    public void Save(QueueChanges changes)
    {
        if (changes.IsEmpty)
            return;
        using var _ = _turn.EnterScope();
        try
        {
            using var transaction = _database.BeginTransaction();
            Write(changes, transaction);
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw new IOException($"{_database.DataSource} cannot be written: {e.Message}; the jobs are as they were before", e);
        }
    }

    private void Write(QueueChanges changes, SqliteTransaction transaction)
    {
        foreach (var script in changes.Scripts)
            Run("INSERT OR REPLACE INTO script(digest, text) VALUES($digest, $text)", transaction, ("$digest", script.Digest), ("$text", script.Text));
        foreach (var form in changes.Forms)
            Put("INSERT OR REPLACE INTO form(number, element, array, json) VALUES($number, $element, $array, $json)", transaction, form.Id, form.Json);
        foreach (var state in changes.States)
            Put("INSERT OR REPLACE INTO state(number, element, array, json) VALUES($number, $element, $array, $json)", transaction, state.Id, state.Json);
        foreach (var id in changes.Gone)
        {
            Run("DELETE FROM form WHERE number = $number", transaction, ("$number", id.Number));
            Run("DELETE FROM state WHERE number = $number", transaction, ("$number", id.Number));
        }
        foreach (var digest in changes.ScriptsGone)
            Run("DELETE FROM script WHERE digest = $digest", transaction, ("$digest", digest));
        if (changes.Settings is { } settings)
            Set("attributes", settings, transaction);
        if (changes.NextNumber is { } next)
            Set("next", next.ToString(CultureInfo.InvariantCulture), transaction);
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _database.Dispose();
    }

    private static JobId IdOf(SqliteDataReader row)
    {
        var element = row.GetInt32(1);
        return new JobId(row.GetInt32(0), element < 0 ? null : element, row.GetBoolean(2));
    }

    private void Put(string sql, SqliteTransaction transaction, JobId id, byte[] json) => Run(sql, transaction,
        ("$number", id.Number), ("$element", id.Index ?? -1), ("$array", id.IsArray), ("$json", json));

    private void Set(string name, string value, SqliteTransaction transaction) =>
        Run("INSERT OR REPLACE INTO setting(name, value) VALUES($name, $value)", transaction, ("$name", name), ("$value", value));

    private void Run(string sql) => Run(sql, null);

    private void Run(string sql, SqliteTransaction? transaction, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = Prepared(sql);
        command.Transaction = transaction;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (command.Parameters.Count <= i)
                command.Parameters.AddWithValue(parameters[i].Name, parameters[i].Value);
            else
                command.Parameters[i].Value = parameters[i].Value;
        }
        command.ExecuteNonQuery();
    }

    private void Read(string sql, Action<SqliteDataReader> row)
    {
        using var reader = Prepared(sql).ExecuteReader();
        while (reader.Read())
            row(reader);
    }

    /// <remarks>All statements are constants of this class; values only ever come as parameters.</remarks>
    private SqliteCommand Prepared(string sql)
    {
        if (_commands.TryGetValue(sql, out var known))
            return known;
        var command = _database.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return _commands[sql] = command;
    }
}
