namespace Agora.Storage;

/// <summary>
/// Finds the store and the path that a name written by a user means: <c>hdfs://host:port/p</c>, <c>webhdfs://…</c>,
/// <c>file:///p</c>, or <c>p</c> on the default store, relative to the user's home directory there.
/// </summary>
public sealed class Stores : IDisposable
{
    private readonly WebHdfs? _default;
    private readonly string _user;
    private readonly TimeSpan _patience;
    private readonly string? _node;
    private readonly LocalFiles _local = new();
    private readonly Dictionary<string, WebHdfs> _others = new(StringComparer.Ordinal);

    /// <param name="defaultStore">
    /// HTTP address of the default store's WebHDFS; null makes this machine's files the default.
    /// </param>
    /// <param name="patience">How long a store that refuses connections is waited for.</param>
    /// <param name="node">The node this runs on, if it is to be no other's neighbour; see <see cref="WebHdfs"/>.</param>
    public Stores(Uri? defaultStore, string user, TimeSpan patience = default, string? node = null)
    {
        _user = user;
        _patience = patience;
        _node = node;
        _default = defaultStore is null ? null : new WebHdfs(defaultStore, user, patience, node: node);
    }

    public IFileSystem Default => _default is null ? _local : _default;

    /// <exception cref="FormatException">The name's scheme is none of those above.</exception>
    public StoredPath Find(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (colon < 0 || (slash >= 0 && slash < colon))
            return new StoredPath(Default, StoragePath.Resolve(Default.HomeDirectory, name));
        var scheme = name[..colon];
        var rest = name[(colon + 1)..];
        var authority = "";
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var end = rest.IndexOf('/', 2);
            authority = end < 0 ? rest[2..] : rest[2..end];
            rest = end < 0 ? StoragePath.Root : rest[end..];
        }
        return scheme switch
        {
            "file" => new StoredPath(_local, StoragePath.Resolve(_local.HomeDirectory, rest)),
            "hdfs" or "webhdfs" => In(authority.Length == 0 ? Default : StoreAt(authority), rest),
            _ => throw new FormatException(
                $"'{name}' has the scheme '{scheme}', which is not known here; use hdfs:, webhdfs: or file:"),
        };
    }

    public void Dispose()
    {
        _default?.Dispose();
        foreach (var store in _others.Values)
            store.Dispose();
    }

    private static StoredPath In(IFileSystem store, string path) =>
        new(store, StoragePath.Resolve(store.HomeDirectory, path));

    private WebHdfs StoreAt(string authority)
    {
        if (_default is not null && _default.Prefix == $"hdfs://{authority}")
            return _default;
        lock (_others)
        {
            if (!_others.TryGetValue(authority, out var store))
                _others[authority] = store = new WebHdfs(new Uri($"http://{authority}"), _user, _patience, node: _node);
            return store;
        }
    }
}

/// <summary>A path and the store it is in.</summary>
public readonly record struct StoredPath(IFileSystem Store, string Path)
{
    /// <summary>The name in full, such as <c>hdfs://127.0.0.1:9870/user/ann/in</c>.</summary>
    public override string ToString() => Store.Prefix + Path;
}
