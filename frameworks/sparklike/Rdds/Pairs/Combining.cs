using System.Runtime.InteropServices;

namespace Agora.Spark;

/// <summary>Combines pairs whose keys are in the same partition already.</summary>
internal static class Combining
{
    public static IEnumerable<(K Key, C Value)> Here<K, V, C>(IEnumerable<(K Key, V Value)> pairs, Aggregator<V, C> aggregator)
    {
        // As a tuple, a key may be null.
        var combined = new Dictionary<ValueTuple<K>, C>();
        foreach (var pair in pairs)
        {
            try
            {
                ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(combined, new(pair.Key), out var isThere);
                value = isThere ? aggregator.Merge(value!, pair.Value) : aggregator.Create(pair.Value);
            }
            catch (Exception e) when (FailedRecord.Note(e, pair))
            {
                throw;
            }
        }
        foreach (var (key, value) in combined)
            yield return (key.Item1, value);
    }
}
