using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Scheduling;

/// <summary>Tells whether two jobs ask for the same nodes.</summary>
internal sealed class SameRequests : IEqualityComparer<IReadOnlyList<NodeRequest>>
{
    public static readonly SameRequests Instance = new();

    private SameRequests()
    {
    }

    public bool Equals(IReadOnlyList<NodeRequest>? x, IReadOnlyList<NodeRequest>? y) =>
        ReferenceEquals(x, y) || (x!.Count == y!.Count && x.Zip(y).All(p =>
            // Lists are compared by what is in them, the rest as records are.
            p.First.Properties.SequenceEqual(p.Second.Properties) && p.First == p.Second with { Properties = p.First.Properties }));

    public int GetHashCode(IReadOnlyList<NodeRequest> requests)
    {
        var hash = new HashCode();
        foreach (var request in requests)
            hash.Add((request.Count, request.Slots, request.Host, request.Properties.Count, request.MemoryBytes, request.Anywhere));
        return hash.ToHashCode();
    }
}
