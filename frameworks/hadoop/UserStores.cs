using System.Collections.Concurrent;
using Agora.Storage;

namespace Agora.Hadoop;

/// <summary>The stores as each user sees them. Users are few: one for each name that submits jobs.</summary>
public sealed class UserStores(Uri? defaultStore) : IDisposable
{
    private readonly ConcurrentDictionary<string, Stores> _stores = new(StringComparer.Ordinal);

    public Stores Of(string user) => _stores.GetOrAdd(user, u => new Stores(defaultStore, u));

    public void Dispose()
    {
        foreach (var stores in _stores.Values)
            stores.Dispose();
    }
}
