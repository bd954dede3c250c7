using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Agora.Mpi.Scheduling;
using Microsoft.Win32.SafeHandles;

namespace Agora.Mpi.Host;

/// <summary>
/// What ranks say of themselves: lines in a pipe with a name, in the sandbox. A line is written at once and is short, so
/// those of several ranks do not mix.
/// </summary>
internal sealed partial class RankReports : IDisposable
{
    /// <summary>Environment variable with the pipe's path.</summary>
    public const string Variable = "AGORA_MPI_RANK_REPORTS";

    private const uint OwnerOnly = 0x180;
    private const int ReadAndWrite = 2, WriteOnly = 1, NonBlocking = 0x800, CloseOnExec = 0x80000;

    private readonly SafeFileHandle _pipe;

    /// <param name="tell">Any thread.</param>
    /// <exception cref="IOException">The pipe cannot be made.</exception>
    public RankReports(Action<RankReport> tell)
    {
        Path = System.IO.Path.GetFullPath("ranks");
        if (MakePipe(Path, OwnerOnly) != 0)
            throw new IOException($"cannot make {Path}: {Marshal.GetLastPInvokeErrorMessage()}");
        // Open for writing too: so it is never at its end.
        _pipe = Open(Path, ReadAndWrite | CloseOnExec);
        new Thread(() => Read(tell)) { IsBackground = true, Name = "rank reports" }.Start();
    }

    public string Path { get; }

    public void Dispose() => _pipe.Dispose();

    /// <summary>Reports from a rank's side. A host that is gone is told nothing.</summary>
    public static void Say(RankReport report)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } path)
            return;
        using var pipe = Open(path, WriteOnly | NonBlocking | CloseOnExec);
        if (pipe.IsInvalid)
            return;
        var line = string.Create(CultureInfo.InvariantCulture, $"{report.Rank} {report.Pid} {report.Status ?? -1} {report.Signal}\n");
        try
        {
            using var stream = new FileStream(pipe, FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.ASCII.GetBytes(line));
        }
        catch (IOException)
        {
        }
    }

    private void Read(Action<RankReport> tell)
    {
        using var reader = new StreamReader(new FileStream(_pipe, FileAccess.Read, bufferSize: 0));
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words.Length != 4 || words.Any(w => !int.TryParse(w, CultureInfo.InvariantCulture, out _)))
                continue;
            var numbers = words.Select(w => int.Parse(w, CultureInfo.InvariantCulture)).ToArray();
            tell(new RankReport(numbers[0], numbers[1], numbers[2] < 0 ? null : numbers[2], numbers[3]));
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);
}
