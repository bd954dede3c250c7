using System.Text;

namespace Agora.Torque.Mom.Launch;

/// <summary>What a session begins with.</summary>
/// <param name="Arguments">From the zeroth.</param>
/// <param name="Input">On its standard input; null for nothing.</param>
internal sealed record StartCommand(string Program, IReadOnlyList<string> Arguments, byte[]? Input)
{
    private static readonly string[] Bourne = ["sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh"];
    private static readonly string[] CShells = ["csh", "tcsh"];

    /// <summary>
    /// A shell becomes the last command it is told, and then nobody tells of that one's death; so something comes behind
    /// the script that leaves its status. With <c>exit</c> a login shell would read <c>.bash_logout</c>, which is for people.
    /// </summary>
    private const string KeepsStatus = "pbs_end() { return $1; }";

    /// <summary>
    /// A script is run by a login shell, so that the user's profile is read, as a command of it, so that its first line
    /// chooses the interpreter and its death by a signal is told by the shell: 128 + signal.
    /// </summary>
    /// <param name="loginShell">The user's.</param>
    /// <param name="asked">Of <c>-S</c>: a shell takes the login shell's place, any other program reads the script.</param>
    /// <param name="script">Path of the script's copy; null where its text is read, since the path cannot be reached.</param>
    /// <param name="words">The script's arguments, as a shell reads them.</param>
    /// <param name="path">Directories to stand before those that the profile sets.</param>
    public static StartCommand OfScript(string loginShell, string? asked, string? script, byte[] text, string? words, IReadOnlyList<string> path)
    {
        var shell = asked is not null && IsShell(asked) ? asked : loginShell;
        var name = Path.GetFileName(shell);
        string[] login = ["-" + name];
        if (script is null)
            return new StartCommand(shell, login, text);
        var interpreter = asked is not null && !IsShell(asked) ? Quote(asked) + " " : "";
        var line = $"{interpreter}{Word(script)}{(words is null ? "" : " " + words)}\n";
        // In its first line: the shell names the line and the command where it tells of a death.
        if (Bourne.Contains(name))
            return new StartCommand(shell, [.. login, "-c", $"PATH={Quote(string.Join(':', path))}:\"$PATH\"; export PATH; {KeepsStatus}; {line}pbs_end $?\n"], null);
        // The others know a login by their name alone, and are told by their input what to do.
        var prefix = CShells.Contains(name) ? $"setenv PATH {Quote(string.Join(':', path))}:\"$PATH\"\n" : "";
        return new StartCommand(shell, login, Encoding.UTF8.GetBytes(prefix + line));
    }

    /// <summary>A shell to speak to on a terminal.</summary>
    public static StartCommand OfInteractive(string loginShell, string? asked, IReadOnlyList<string> path)
    {
        var shell = asked is not null && IsShell(asked) ? asked : loginShell;
        var name = Path.GetFileName(shell);
        // The profile sets PATH anew; what a job has more is put before it, and then the shell begins again.
        return Bourne.Contains(name)
            ? new StartCommand(shell, ["-" + name, "-c", $"PATH={Quote(string.Join(':', path))}:\"$PATH\"; export PATH\nexec {Quote(shell)} -i\n"], null)
            : new StartCommand(shell, ["-" + name], null);
    }

    /// <summary>The one of <c>-S path@host,path</c> that is for this host; null if none is.</summary>
    public static string? ShellOn(string node, string? list)
    {
        if (list is null)
            return null;
        var entries = list.Split(',').Select(e => e.Split('@', 2)).ToList();
        return (entries.Find(e => e.Length == 2 && e[1] == node) ?? entries.Find(e => e.Length == 1))?[0];
    }

    /// <summary>In single quotes, for any shell.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>In quotes where a shell would see more in it than a word.</summary>
    private static string Word(string word) => word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c)) ? word : Quote(word);

    private static bool IsShell(string program) => Path.GetFileName(program) is var name && (Bourne.Contains(name) || CShells.Contains(name));
}
