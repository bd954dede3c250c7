namespace Agora.Spark;

/// <summary>What a task that has succeeded leaves.</summary>
/// <param name="Result">An action's value for the partition, as records are encoded; empty for a map task.</param>
/// <param name="Output">Of a map task.</param>
internal sealed record TaskOutcome(ReadOnlyMemory<byte> Result, MapOutput? Output);
