using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>pbsnodes -l</c>: a line for each node in one of the states asked for.</summary>
/// <param name="state"><c>up</c>, <c>all</c>, <c>active</c>, or one state; null for those that cannot be used.</param>
internal sealed class NodeList(string? state, bool withNotes) : IStatusLayout
{
    private const int NameWidth = 20;

    public IReadOnlyList<string> Attributes { get; } = ["state", "note", "jobs"];

    /// <summary>Names of states that can be asked for.</summary>
    public static bool IsState(string text) => text is "all" or "up" or "active" or "free" or "down" or "offline" or "unknown" or
        "state-unknown" or "job-exclusive" or "job-sharing" or "busy" or "reserve";

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        foreach (var node in records)
        {
            var states = node["state"] ?? "";
            if (!Includes(node, states.Split(',')))
                continue;
            to.Left(node.Name, NameWidth, NameWidth);
            to.Write(' ');
            if (withNotes)
            {
                to.Left(states, NameWidth);
                to.Write(' ');
                to.Write(node["note"]);
            }
            else
            {
                to.Write(states);
            }
            to.Write('\n');
        }
    }

    private bool Includes(StatusRecord node, string[] states)
    {
        bool Has(string one) => Array.IndexOf(states, one) >= 0;
        var unusable = Has("down") || Has("offline") || Has("state-unknown") || Has("unknown");
        return state switch
        {
            null => unusable,
            "all" => true,
            "up" => !unusable,
            "active" => !unusable && (Has("job-exclusive") || Has("job-sharing") || Has("busy") || !string.IsNullOrEmpty(node["jobs"])),
            "unknown" => Has("unknown") || Has("state-unknown"),
            _ => Has(state),
        };
    }
}
