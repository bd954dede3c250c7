using System.Collections.Concurrent;
using Agora.Spark.Closures;
using Agora.Spark.Transfer;

namespace Agora.Spark.Executor;

/// <summary>The stages whose tasks an executor runs, fetched once each; and what else the driver has for them.</summary>
/// <param name="get">Asks the driver for bytes by name; null if it has none.</param>
/// <exception cref="IOException">The driver is not reached.</exception>
internal sealed class StageLibrary(Func<string, byte[]?> get, IAssemblySource assemblies)
{
    /// <summary>Stages kept; one that is needed again after it was dropped is fetched again.</summary>
    private const int Kept = 100;

    private readonly ConcurrentDictionary<string, Lazy<object>> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>A copy of the stage's functions that is the caller's own.</summary>
    public StageTask TaskOf(TaskLaunch launch) =>
        (StageTask)((GraphTemplate)Find(launch.StageName, bytes => new GraphTemplate(bytes, assemblies))).Make();

    public StagePlaces PlacesOf(TaskLaunch launch) => (StagePlaces)Find(launch.PlacesName, StagePlaces.From);

    private object Find(string name, Func<byte[], object> read)
    {
        var known = _known.GetOrAdd(name, n =>
        {
            _order.Enqueue(n);
            return new Lazy<object>(() => read(get(n) ?? throw new IOException($"the driver knows nothing of '{n}' any more")));
        });
        while (_known.Count > Kept && _order.TryDequeue(out var oldest))
            _known.TryRemove(oldest, out _);
        try
        {
            return known.Value;
        }
        catch (Exception)
        {
            // So that the next task asks again.
            _known.TryRemove(new(name, known));
            throw;
        }
    }
}
