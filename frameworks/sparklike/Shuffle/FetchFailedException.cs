namespace Agora.Spark.Shuffle;

/// <summary>A map task's output cannot be had: not this task is at fault, and that one is to be run anew.</summary>
internal sealed class FetchFailedException(int shuffleId, int mapPartition, string location, Exception inner)
    : Exception($"the output of partition {mapPartition} of shuffle {shuffleId} cannot be read from {location}: {inner.Message}", inner)
{
    public int ShuffleId { get; } = shuffleId;
    public int MapPartition { get; } = mapPartition;
    public string Location { get; } = location;
}
