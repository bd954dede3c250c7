using System.Globalization;

namespace Agora.Supervisor.Shared;

/// <summary>
/// Puts the supervisor where its child shall be born and back again: its pid is written to <paramref name="Enter"/>
/// before the start and to <paramref name="Leave"/> after it (cgroup.procs files). A child that is put into a group
/// only after its start can have forked before.
/// </summary>
internal readonly record struct Placement(string Enter, string Leave);

/// <summary>What a supervisor is to start.</summary>
/// <param name="Directory">The sandbox: working directory, and where the output goes.</param>
/// <param name="Environment"><c>NAME=value</c>, all there is.</param>
/// <param name="LogBytes">Size at which an output file is rotated; 0 hands the file to the command, without
/// limit.</param>
/// <param name="LogFiles">Output files kept for each stream, the current one included.</param>
/// <param name="UserId">To run as; -1 for the agent's own.</param>
/// <param name="Groups">All groups of the user, primary first.</param>
/// <param name="Enclosed">Null for the machine's own namespaces.</param>
/// <param name="IsBound">No program that it starts gains privileges, as <c>sudo</c> would.</param>
internal sealed record LaunchFile(
    string ContainerId, string Directory, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment,
    long LogBytes, int LogFiles, int UserId, IReadOnlyList<int> Groups, IReadOnlyList<Placement> Placements,
    Enclosed? Enclosed = null, bool IsBound = false)
{
    private const string Heading = "agora-launch 2";

    /// <summary>Fields end with NUL, the one character that arguments and paths cannot hold.</summary>
    private const char End = '\0';

    public string Format()
    {
        List<string> fields =
        [
            Heading, ContainerId, Directory, Number(LogBytes), Number(LogFiles), Number(UserId),
            Number(Groups.Count), .. Groups.Select(g => Number(g)),
            Number(Placements.Count), .. Placements.SelectMany(p => new[] { p.Enter, p.Leave }),
            Enclosed?.Temporary ?? "", Number(Enclosed?.Visible.Count ?? 0), .. Enclosed?.Visible ?? [], Number(IsBound ? 1 : 0),
            Number(Arguments.Count), .. Arguments, Number(Environment.Count), .. Environment,
        ];
        return string.Join(End, fields) + End;
    }

    /// <returns>Null if the text is not a whole launch file.</returns>
    public static LaunchFile? Parse(string text)
    {
        var fields = text.Split(End);
        if (fields[0] != Heading)
            return null;
        try
        {
            var at = 1;
            string Next() => fields[at++];
            int NextCount() => int.Parse(Next(), CultureInfo.InvariantCulture);
            string[] NextList()
            {
                var list = new string[NextCount()];
                for (var i = 0; i < list.Length; i++)
                    list[i] = Next();
                return list;
            }
            var id = Next();
            var directory = Next();
            var logBytes = long.Parse(Next(), CultureInfo.InvariantCulture);
            var logFiles = NextCount();
            var user = NextCount();
            var groups = new int[NextCount()];
            for (var i = 0; i < groups.Length; i++)
                groups[i] = NextCount();
            var placements = new Placement[NextCount()];
            for (var i = 0; i < placements.Length; i++)
                placements[i] = new Placement(Next(), Next());
            var (temporary, visible) = (Next(), NextList());
            var isBound = NextCount() == 1;
            return new LaunchFile(id, directory, NextList(), NextList(), logBytes, logFiles, user, groups, placements,
                temporary.Length == 0 ? null : new Enclosed(temporary, visible), isBound);
        }
        catch (Exception e) when (e is FormatException or OverflowException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
