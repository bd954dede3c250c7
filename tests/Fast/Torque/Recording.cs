using System.Globalization;
using System.Text.RegularExpressions;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>Sessions of a real Torque, recorded once.</summary>
internal static partial class Recording
{
    [GeneratedRegex(@"^    ([A-Za-z_]+)(?:\.([A-Za-z_]+))? = (.*)$", RegexOptions.Singleline)]
    private static partial Regex AttributeLine();

    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Torque", "golden", name + ".txt"));

    /// <summary>What followed on a command line: its text and its exit code.</summary>
    public static (string Text, int ExitCode) Of(string name, string commandLine)
    {
        var session = Read(name);
        var from = session.IndexOf($"$ {commandLine}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"{name} has no '{commandLine}'");
        from = session.IndexOf('\n', from) + 1;
        var to = session.IndexOf("[rc=", from, StringComparison.Ordinal);
        var end = session.IndexOf(']', to);
        return (session[from..to], int.Parse(session[(to + 4)..end], CultureInfo.InvariantCulture));
    }

    /// <summary>From the first line that begins so, up to one that begins otherwise; to the end without that.</summary>
    public static string Part(string name, string first, string? next = null, int skip = 0)
    {
        var session = "\n" + Read(name);
        var from = 0;
        for (var i = 0; i <= skip; i++)
            from = session.IndexOf("\n" + first, from, StringComparison.Ordinal) + 1;
        Assert.True(from > 0, $"{name} has no '{first}'");
        var to = next is null ? session.Length : session.IndexOf("\n" + next, from, StringComparison.Ordinal) + 1;
        return session[from..to];
    }

    /// <summary>The jobs of a <c>qstat -f</c>, as the server would have said them.</summary>
    public static IReadOnlyList<StatusRecord> Jobs(string full) =>
        [.. full.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Job)];

    private static StatusRecord Job(string block)
    {
        var lines = block.TrimEnd('\n').Replace("\n\t", "", StringComparison.Ordinal).Split('\n');
        return new StatusRecord(lines[0]["Job Id: ".Length..], [.. lines.Skip(1).Select(Attribute)]);
    }

    private static JobAttribute Attribute(string line)
    {
        var match = AttributeLine().Match(line);
        Assert.True(match.Success, line);
        var (name, value) = (match.Groups[1].Value, match.Groups[3].Value);
        if (DateTime.TryParseExact(value, "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite | DateTimeStyles.AssumeLocal, out var time))
            value = $"{new DateTimeOffset(time).ToUnixTimeSeconds()}";
        return new JobAttribute(name, match.Groups[2].Success ? match.Groups[2].Value : null, value);
    }
}
