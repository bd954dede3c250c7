using System.Globalization;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>
/// A program's standard error: <c>reporter:counter:group,name,amount</c> and <c>reporter:status:text</c> are taken,
/// everything else goes to the attempt's log.
/// </summary>
internal sealed class ErrorOutput(string logFile, AttemptProgressSink progress) : IDisposable
{
    /// <summary>What an attempt's log may hold; the rest is dropped, with a line that says so.</summary>
    private const long LogBytesMax = 10 << 20;

    /// <summary>Lines kept for the report of a failure.</summary>
    private const int TailLinesMax = 20;

    /// <summary>What is kept of each of them, in characters.</summary>
    private const int TailLineMax = 500;

    private const string ReporterPrefix = "reporter:";

    private readonly FileStream _log = new(logFile, FileMode.Append, FileAccess.Write, FileShare.Read);
    private readonly Queue<string> _tail = [];
    private readonly Lock _lock = new();
    private bool _logFailed;

    /// <summary>The program's own counters.</summary>
    public Counters UserCounters { get; } = new();

    public string? Tail
    {
        get
        {
            lock (_lock)
                return _tail.Count == 0 ? null : string.Join('\n', _tail);
        }
    }

    public void ReadAll(Stream stream)
    {
        using var lines = new LineReader(stream);
        while (lines.Next(out var line))
        {
            progress.Active();
            if (line.StartsWith("reporter:"u8))
                Reported(Encoding.UTF8.GetString(line)[ReporterPrefix.Length..]);
            else
                Log(line);
        }
    }

    /// <summary>A line of the engine's own.</summary>
    public void Log(string line) => Log(Encoding.UTF8.GetBytes(line));

    public void Dispose()
    {
        try
        {
            _log.Dispose();
        }
        catch (IOException)
        {
            // What is still in its buffer has no room on the disk.
        }
    }

    private void Log(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            var text = Encoding.UTF8.GetString(line);
            _tail.Enqueue(text.Length > TailLineMax ? text[..TailLineMax] : text);
            if (_tail.Count > TailLinesMax)
                _tail.Dequeue();
            if (_log.Position > LogBytesMax || _logFailed)
                return;
            try
            {
                Write(line);
            }
            catch (IOException)
            {
                // A full disk takes no log either; the tail still tells of it.
                _logFailed = true;
            }
        }
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        _log.Write(line);
        _log.WriteByte((byte)'\n');
        if (_log.Position > LogBytesMax)
            _log.Write("(the log is full; further lines are dropped)\n"u8);
        _log.Flush();
    }

    private void Reported(string report)
    {
        if (report.StartsWith("status:", StringComparison.Ordinal))
        {
            progress.Status = report["status:".Length..];
            return;
        }
        if (!report.StartsWith("counter:", StringComparison.Ordinal))
        {
            Log($"not understood: {ReporterPrefix}{report}");
            return;
        }
        var parts = report["counter:".Length..].Split(',');
        if (parts.Length != 3 ||
            !long.TryParse(parts[2].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
        {
            Log($"not a counter (reporter:counter:<group>,<name>,<amount>): {ReporterPrefix}{report}");
            return;
        }
        if (UserCounters.Count >= Counters.UserCountersMax && UserCounters[parts[0], parts[1]] == 0)
            Log($"dropped, as {Counters.UserCountersMax} counters are in use: {ReporterPrefix}{report}");
        else
            UserCounters.Add(parts[0], parts[1], amount);
    }
}
