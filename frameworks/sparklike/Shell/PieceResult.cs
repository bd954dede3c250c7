namespace Agora.Spark.Shell;

/// <summary>What a piece gave.</summary>
/// <param name="HasValue">There is something to show.</param>
/// <param name="Value">Null also if there is none.</param>
public readonly record struct PieceResult(bool HasValue, object? Value);
