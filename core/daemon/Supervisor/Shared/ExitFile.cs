using System.Globalization;

namespace Agora.Supervisor.Shared;

internal enum ExitKind
{
    /// <summary>The main process ended by itself; the code is its exit code.</summary>
    Exited,

    /// <summary>A signal ended the main process; the code is the signal.</summary>
    Signaled,

    /// <summary>The command could not be started; the code is 127 (not found) or 126, the message says why.</summary>
    LaunchFailed,
}

/// <summary>How a container ended.</summary>
/// <param name="Killed">A kill command came before the main process ended.</param>
/// <param name="CpuMicroseconds">User and system time of the whole tree.</param>
/// <param name="PeakBytes">
/// Largest resident memory of any one process; never less than the supervisor's own 4 MB or so, which the system
/// counts before exec.
/// </param>
/// <param name="StartedMs">Of the main process, milliseconds since 1970.</param>
/// <param name="EndedMs">The same for its end.</param>
/// <param name="Message">Of a launch failure, or what went wrong with the output; one line, may be empty.</param>
internal sealed record ExitFile(
    ExitKind Kind, int Code, bool Killed, long CpuMicroseconds, long PeakBytes, long StartedMs, long EndedMs,
    string Message)
{
    private const string Heading = "agora-exit 1";

    public string Format() => string.Create(CultureInfo.InvariantCulture,
        $"{Heading}\nkind {Word(Kind)}\ncode {Code}\nkilled {(Killed ? 1 : 0)}\ncpu-us {CpuMicroseconds}\n" +
        $"peak-bytes {PeakBytes}\nstarted-ms {StartedMs}\nended-ms {EndedMs}\n" +
        $"message {Message.ReplaceLineEndings(" ")}\n");

    /// <returns>Null if the text is not a whole exit file.</returns>
    public static ExitFile? Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length != 10 || lines[0] != Heading || KindOf(Field("kind")) is not { } kind)
            return null;
        return Number("code") is { } code && Number("killed") is { } killed && Number("cpu-us") is { } cpu &&
            Number("peak-bytes") is { } peak && Number("started-ms") is { } started && Number("ended-ms") is { } ended
            ? new ExitFile(kind, (int)code, killed == 1, cpu, peak, started, ended, Field("message") ?? "")
            : null;

        string? Field(string name)
        {
            foreach (var line in lines)
                if (line.Length > name.Length && line[name.Length] == ' ' &&
                    line.StartsWith(name, StringComparison.Ordinal))
                    return line[(name.Length + 1)..];
            return null;
        }
        long? Number(string name) =>
            long.TryParse(Field(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : null;
    }

    private static string Word(ExitKind kind) => kind switch
    {
        ExitKind.Exited => "exited",
        ExitKind.Signaled => "signaled",
        ExitKind.LaunchFailed => "launch-failed",
    };

    private static ExitKind? KindOf(string? word) => word switch
    {
        "exited" => ExitKind.Exited,
        "signaled" => ExitKind.Signaled,
        "launch-failed" => ExitKind.LaunchFailed,
        _ => null,
    };
}
