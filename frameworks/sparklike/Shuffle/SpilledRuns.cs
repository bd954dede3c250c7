using Agora.Spark.Records;

namespace Agora.Spark.Shuffle;

/// <summary>
/// Sorted runs on disk, oldest first. Of many small ones larger ones are made, so that at the end there are few to
/// read at a time, and none was copied more often than a few times.
/// </summary>
/// <param name="merge">Makes one run of several, given oldest first.</param>
internal sealed class SpilledRuns<T>(
    ShuffleFiles files, Func<IReadOnlyList<IEnumerable<T>>, IEnumerable<T>> merge, ShuffleMetrics metrics) : IDisposable
{
    private const int MergedAtOnce = 16;

    /// <summary>By how often they have been merged.</summary>
    private readonly List<List<FileStream>> _levels = [];

    public bool IsEmpty => _levels.Count == 0;

    public IReadOnlyList<IEnumerable<T>> All => [.. Enumerable.Reverse(_levels).SelectMany(l => l).Select(Read)];

    public void Add(IEnumerable<T> sorted) => Add(0, sorted);

    public void Dispose()
    {
        foreach (var run in _levels.SelectMany(l => l))
            run.Dispose();
        _levels.Clear();
    }

    private void Add(int level, IEnumerable<T> sorted)
    {
        var file = files.NewScratch();
        RecordBlocks.Write(file, sorted);
        metrics.BytesSpilled += file.Length;
        if (level == _levels.Count)
            _levels.Add([]);
        var runs = _levels[level];
        runs.Add(file);
        if (runs.Count < MergedAtOnce)
            return;
        Add(level + 1, merge([.. runs.Select(Read)]));
        foreach (var run in runs)
            run.Dispose();
        runs.Clear();
    }

    private static IEnumerable<T> Read(FileStream file)
    {
        file.Position = 0;
        foreach (var record in RecordBlocks.Read<T>(new BufferedStream(file, 16 << 10)))
            yield return record;
    }
}
