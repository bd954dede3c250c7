using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A user's program in a session and process group of its own, so that all it starts can be ended with it.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    /// <summary>Runs a program as leader of a new session.</summary>
    private const string SessionStarter = "setsid";

    private const int SigKill = 9;

    /// <summary>Linux's F_SETPIPE_SZ.</summary>
    private const int SetPipeSizeCommand = 1031;

    private const int PipeBytes = 1 << 20;

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public Stream Input => _process.StandardInput.BaseStream;
    public Stream Output => _process.StandardOutput.BaseStream;
    public Stream Error => _process.StandardError.BaseStream;

    /// <param name="words">Program and arguments; a relative program is looked up in the directory, then in PATH.</param>
    /// <param name="environment">All of it.</param>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static ChildProcess Start(
        IReadOnlyList<string> words, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var program = FindProgram(words[0], directory, environment.GetValueOrDefault("PATH", ""));
        var start = new ProcessStartInfo(SessionStarter)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program);
        foreach (var word in words.Skip(1))
            start.ArgumentList.Add(word);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            Enlarge(process.StandardInput.BaseStream);
            Enlarge(process.StandardOutput.BaseStream);
            return new ChildProcess(process);
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException($"Cannot run program \"{words[0]}\": {e.Message}", e);
        }
    }

    /// <summary>The exit code, or 128 + signal.</summary>
    public int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Ends it and all it has started.</summary>
    public void Kill()
    {
        // Until the child has made its group, its own id is all there is.
        if (SendSignal(-_process.Id, SigKill) != 0)
            _ = SendSignal(_process.Id, SigKill);
    }

    public void Dispose() => _process.Dispose();

    private static string FindProgram(string name, string directory, string path)
    {
        if (name.StartsWith('/'))
            return File.Exists(name) ? name : throw NotFound(name);
        var shipped = Path.Combine(directory, name);
        if (File.Exists(shipped))
        {
            // Shipped scripts often lack the permission, and users expect them to run anyway.
            var target = new FileInfo(shipped).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? shipped;
            var mode = File.GetUnixFileMode(target);
            const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            if ((mode & Executable) != Executable)
                File.SetUnixFileMode(target, mode | Executable);
            return shipped;
        }
        foreach (var place in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
            if (Path.Combine(place, name) is var candidate && File.Exists(candidate))
                return candidate;
        throw NotFound(name);
    }

    /// <summary>Larger pipes mean fewer changes between the program and us. Refused, they are as large as before.</summary>
    private static void Enlarge(Stream stream)
    {
        if (stream is PipeStream pipe)
            _ = SetPipeSize(pipe.SafePipeHandle, SetPipeSizeCommand, PipeBytes);
    }

    private static FileNotFoundException NotFound(string name) => new(
        $"Cannot run program \"{name}\": it is neither among the shipped files (-file, -files) nor in PATH");

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int SetPipeSize(SafeHandle pipe, int command, int bytes);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
