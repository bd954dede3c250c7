namespace Agora.Torque.Server.Queue;

/// <summary>All that was on disk.</summary>
public sealed record QueueState(
    IReadOnlyList<StoredScript> Scripts, IReadOnlyList<StoredForm> Forms, IReadOnlyList<StoredJob> States,
    string Settings, int NextNumber);
