using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Fetching;

/// <summary>
/// Artifacts kept on the agent, by address: an address once fetched is not asked again until its file is dropped, so
/// what changes needs a new address. Fetches of one address at the same time are one. The least recently used are
/// dropped when a new one makes the cache too large; the new one itself stays until the next comes.
/// </summary>
internal sealed class ArtifactCache
{
    private const string PartSuffix = ".part";

    /// <summary>A file can be dropped between its fetch and its use if many others come at that moment.</summary>
    private const int TriesMax = 3;

    private sealed record Entry(long Bytes, DateTime Used);

    private readonly string _directory;
    private readonly long _bytesMax;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, Task> _flights = [];

    public ArtifactCache(string directory, long bytesMax)
    {
        _directory = directory;
        _bytesMax = bytesMax;
        Directory.CreateDirectory(directory);
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
        {
            if (file.Name.EndsWith(PartSuffix, StringComparison.Ordinal))
                file.Delete();
            else
                _entries[file.Name] = new Entry(file.Length, file.LastAccessTimeUtc);
        }
    }

    /// <summary>Bytes kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _entries.Values.Sum(e => e.Bytes);
        }
    }

    /// <param name="download">Writes the artifact into a file and returns its length.</param>
    /// <returns>The artifact, to be read.</returns>
    /// <exception cref="FetchException">The download failed; the next call tries again.</exception>
    public async Task<SafeFileHandle> Open(string uri, Func<SafeFileHandle, Task<long>> download,
        CancellationToken cancellation)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uri)));
        for (var tries = 0; tries < TriesMax; tries++)
        {
            Task? flight;
            lock (_lock)
            {
                if (!_flights.TryGetValue(key, out flight) && TryOpen(key) is { } handle)
                    return handle;
                if (flight is null)
                    _flights[key] = flight = Task.Run(() => Fly(key, download), CancellationToken.None);
            }
            // One that is given up by its container goes on for the others, and for the cache.
            await flight.WaitAsync(cancellation);
        }
        throw new FetchException($"cannot fetch {ArtifactName.Shown(uri)}: the agent's cache is too small for what " +
            "is fetched at this time; raise its size, or fetch without the cache");
    }

    private async Task Fly(string key, Func<SafeFileHandle, Task<long>> download)
    {
        var part = Path.Combine(_directory, key + PartSuffix);
        try
        {
            long length;
            using (var file = File.OpenHandle(part, FileMode.Create, FileAccess.Write))
                length = await download(file);
            lock (_lock)
            {
                File.Move(part, Path.Combine(_directory, key), overwrite: true);
                MakeRoom(length);
                _entries[key] = new Entry(length, DateTime.UtcNow);
            }
        }
        finally
        {
            File.Delete(part);
            lock (_lock)
                _flights.Remove(key);
        }
    }

    private SafeFileHandle? TryOpen(string key)
    {
        if (!_entries.TryGetValue(key, out var entry))
            return null;
        var path = Path.Combine(_directory, key);
        try
        {
            var handle = File.OpenHandle(path);
            _entries[key] = entry with { Used = DateTime.UtcNow };
            File.SetLastAccessTimeUtc(path, DateTime.UtcNow); // For the next agent process.
            return handle;
        }
        catch (FileNotFoundException)
        {
            _entries.Remove(key); // Somebody cleaned up.
            return null;
        }
    }

    private void MakeRoom(long coming)
    {
        var total = _entries.Values.Sum(e => e.Bytes) + coming;
        var oldestFirst = _entries.OrderBy(e => e.Value.Used).ThenBy(e => e.Key, StringComparer.Ordinal).ToList();
        foreach (var (key, entry) in oldestFirst)
        {
            if (total <= _bytesMax)
                return;
            File.Delete(Path.Combine(_directory, key));
            _entries.Remove(key);
            total -= entry.Bytes;
        }
    }
}
