using System.Globalization;
using System.Text.Json;
using Agora.Hadoop.Jobs;
using Microsoft.Data.Sqlite;

namespace Agora.Hadoop.Service;

/// <summary>
/// The JobTracker's records in one SQLite file. What <see cref="Write"/> has taken outlives the process, however it
/// ends; an unclean end of the machine may cost the last moments. Used from one thread at a time.
/// </summary>
public sealed class JobTrackerJournal : IDisposable
{
    private readonly SqliteConnection _database;

    /// <param name="directory">Made if it is not there.</param>
    /// <exception cref="IOException">It cannot be opened, or another JobTracker has it.</exception>
    public JobTrackerJournal(string directory)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "journal.db");
        _database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _database.Open();
            Run("PRAGMA locking_mode=EXCLUSIVE");
            Run("PRAGMA journal_mode=WAL");
            Run("PRAGMA synchronous=NORMAL");
            Run("CREATE TABLE IF NOT EXISTS record(number INTEGER PRIMARY KEY, job TEXT, json BLOB NOT NULL)");
            Run("CREATE INDEX IF NOT EXISTS record_job ON record(job)");
        }
        catch (SqliteException e)
        {
            _database.Dispose();
            throw new IOException($"{path} cannot be used: {e.Message}; is another JobTracker running on it?", e);
        }
    }

    /// <summary>All records, in the order they were written.</summary>
    /// <exception cref="IOException">One cannot be read: the file is damaged or of a newer version.</exception>
    public IEnumerable<JobTrackerRecord> Read()
    {
        using var command = _database.CreateCommand();
        command.CommandText = "SELECT number, json FROM record ORDER BY number";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return Parse(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
    }

    /// <summary>Adds records, and drops those of jobs that are forgotten, in one transaction.</summary>
    /// <exception cref="JournalStuckException">The disk is full or fails; nothing has been written.</exception>
    public void Write(IReadOnlyList<JobTrackerRecord> records, IReadOnlyList<JobId> forgotten)
    {
        try
        {
            WriteAll(records, forgotten);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR)
        {
            throw new JournalStuckException($"the JobTracker cannot write its journal {_database.DataSource}: {e.Message}; " +
                "it goes on by itself once there is room on that disk", e);
        }
    }

    private void WriteAll(IReadOnlyList<JobTrackerRecord> records, IReadOnlyList<JobId> forgotten)
    {
        using var transaction = _database.BeginTransaction();
        foreach (var record in records)
        {
            // Only the last id given out counts.
            if (record is JobTrackerRecord.Reserved)
                Run("DELETE FROM record WHERE job = 'id'");
            Run("INSERT INTO record(job, json) VALUES($job, $json)",
                ("$job", (object?)record.OfJob?.ToString() ?? (record is JobTrackerRecord.Reserved ? "id" : DBNull.Value)),
                ("$json", JsonSerializer.SerializeToUtf8Bytes(record, JobsJson.Default.JobTrackerRecord)));
        }
        foreach (var job in forgotten)
            Run("DELETE FROM record WHERE job = $job", ("$job", job.ToString()));
        transaction.Commit();
    }

    public void Dispose() => _database.Dispose();

    private static JobTrackerRecord Parse(long number, byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, JobsJson.Default.JobTrackerRecord) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture,
                $"record {number} of the JobTracker's journal cannot be read: {e.Message}"), e);
        }
    }

    /// <remarks>All statements are constants of this class; values only ever come as parameters.</remarks>
    private void Run(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = _database.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }
}

/// <summary>The JobTracker cannot write down what it does, so it does nothing until it can.</summary>
public sealed class JournalStuckException(string message, Exception? inner = null) : IOException(message, inner);
