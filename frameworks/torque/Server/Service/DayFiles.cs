using System.Globalization;

namespace Agora.Torque.Server.Service;

/// <summary>Text files of one day each, named <c>YYYYMMDD</c>: accounting and logs.</summary>
/// <param name="mode">Of new files.</param>
internal sealed class DayFiles(string directory, UnixFileMode mode, TimeProvider time) : IDisposable
{
    private StreamWriter? _writer;
    private string? _name;

    /// <exception cref="IOException">It cannot be written.</exception>
    public void Append(DateTimeOffset at, string line)
    {
        var name = NameOf(at);
        if (name != _name)
        {
            _writer?.Dispose();
            Directory.CreateDirectory(directory);
            _writer = new StreamWriter(new FileStream(Path.Combine(directory, name), new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = mode,
            }));
            _name = name;
        }
        _writer!.WriteLine(line);
        _writer.Flush();
    }

    /// <summary>Lines of so many days up to today, the oldest first.</summary>
    public IEnumerable<string> Read(int days)
    {
        var today = time.GetLocalNow();
        for (var day = days - 1; day >= 0; day--)
        {
            var path = Path.Combine(directory, NameOf(today.AddDays(-day)));
            if (!File.Exists(path))
                continue;
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            while (reader.ReadLine() is { } line)
                yield return line;
        }
    }

    public void Dispose() => _writer?.Dispose();

    private static string NameOf(DateTimeOffset at) => at.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
