using System.Text.Json.Serialization;

namespace Agora.Mpi.Scheduling;

/// <summary>What is known of one rank's process.</summary>
/// <param name="Status">Null while it runs, then its exit code or 128 + signal.</param>
/// <param name="Signal">The signal it died of; 0 for none.</param>
public sealed record RankReport(int Rank, int Pid, int? Status = null, int Signal = 0);

/// <summary>A rank's report, or the end of a command, from an <c>MpiHost</c> to its scheduler.</summary>
public sealed record HostMessage(string Host, RankReport? Rank = null, int? CommandExit = null, bool ClientLost = false);

/// <summary>What an <c>MpiHost</c> has to know.</summary>
/// <param name="Host">The name the job knows the node by.</param>
/// <param name="Address">Where to listen.</param>
public sealed record HostOrder(string Host, string Address, string Token);

/// <summary>What an <c>MpiHost</c> says when it is ready.</summary>
public sealed record HostReady(int Port);

[JsonSerializable(typeof(HostMessage))]
[JsonSerializable(typeof(HostOrder))]
[JsonSerializable(typeof(HostReady))]
internal sealed partial class MpiJson : JsonSerializerContext;
