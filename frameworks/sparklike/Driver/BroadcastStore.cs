using System.Collections.Concurrent;
using Agora.Spark.Records;

namespace Agora.Spark.Driver;

/// <summary>The bytes of broadcast values, as long as the driver knows them.</summary>
internal sealed class BroadcastStore : IBroadcastStore
{
    private readonly ConcurrentDictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>The name under which executors ask.</summary>
    public static string NameOf(long id) => $"broadcast {id}";

    /// <summary>Told of values that agents are to forget.</summary>
    public event Action<long>? Removed;

    public ReadOnlyMemory<byte>? Find(string name) => _values.TryGetValue(name, out var bytes) ? bytes : null;

    public void Add<T>(long id, T value)
    {
        using var stream = new MemoryStream();
        try
        {
            RecordBlocks.Write(stream, [value]);
        }
        catch (CodecException e)
        {
            throw new SparkException($"the value cannot be broadcast: {e.Message}", e);
        }
        _values[NameOf(id)] = stream.ToArray();
    }

    public void Remove(long id, bool forever)
    {
        if (forever)
            _values.TryRemove(NameOf(id), out _);
        Removed?.Invoke(id);
    }
}
