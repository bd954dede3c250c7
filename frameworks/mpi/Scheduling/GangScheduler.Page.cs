using Agora.Sdk;

namespace Agora.Mpi.Scheduling;

/// <summary>What the cluster's dashboard shows of the job.</summary>
public sealed partial class GangScheduler
{
    /// <summary>How far the gang is, and which ranks are on which node.</summary>
    public FrameworkPage Page(DateTimeOffset now)
    {
        var page = new FrameworkPage("mpi", "MPI job").Fact("Slots", request.Slots).Fact("State", PageCell.State(_phase.ToString()));
        if (IsGathering)
        {
            page.Note(_pauseUntil is { } until && now < until
                ? $"It has given back what did not suffice, so that another gang may be whole, and gathers again in {(until - now).TotalSeconds:0} s."
                : $"It waits until it has all its slots at once: {Have}.");
        }
        List<IReadOnlyList<PageCell>> nodes = [];
        var first = 0;
        foreach (var member in _members.Values.OrderBy(m => m.Host, NodeNames.Order))
        {
            nodes.Add([member.Host, PageCell.State(member.IsLost ? "Lost" : member.Port == 0 ? "Starting" : "Running"), member.Slots,
                request.Mapping == Mapping.Slot ? Range(first, member.Slots) : "in turn"]);
            first += member.Slots;
        }
        return page.Table("Nodes", ["Node", "State", "Slots", "Ranks"], nodes);
    }

    private static string Range(int first, int count) => count == 1 ? $"{first}" : $"{first}–{first + count - 1}";
}
