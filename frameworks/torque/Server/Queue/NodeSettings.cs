namespace Agora.Torque.Server.Queue;

/// <summary>What administrators have said of a node, by <c>qmgr</c> and <c>pbsnodes</c>.</summary>
/// <param name="IsOffline">It gets no further jobs.</param>
/// <param name="Slots"><c>np</c>; null leaves it to the node.</param>
/// <param name="Properties">Beside those the node has by itself.</param>
public sealed record NodeSettings(
    bool IsOffline = false, string? Note = null, int? Slots = null, IReadOnlyList<string>? Properties = null);
