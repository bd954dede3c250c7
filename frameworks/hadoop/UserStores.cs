using System.Collections.Concurrent;
using Agora.Storage;

namespace Agora.Hadoop;

/// <summary>The stores as each user sees them. Users are few: one for each name that submits jobs.</summary>
/// <param name="node">The node this runs on; see <see cref="Stores"/>.</param>
public sealed class UserStores(Uri? defaultStore, string? node = null) : IDisposable
{
    /// <summary>A store that is started again is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Stores> _stores = new(StringComparer.Ordinal);

    public Stores Of(string user) => _stores.GetOrAdd(user, u => new Stores(defaultStore, u, Patience, node));

    public void Dispose()
    {
        foreach (var stores in _stores.Values)
            stores.Dispose();
    }
}
