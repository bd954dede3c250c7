using System.Buffers;
using Agora.Daemon.Containers;
using Agora.Daemon.Files;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Fetching;

/// <summary>
/// Brings artifacts into sandboxes: local files and HTTP, unpacked if asked. An unpacked archive itself is not left
/// there. A later artifact replaces an earlier one of the same name.
/// </summary>
public sealed class Fetcher(FetcherOptions options) : IDisposable
{
    private const int ChunkBytes = 256 << 10;
    private const UnixFileMode Plain =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable =
        Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly Download _download = new(options);
    private readonly Lazy<ArtifactCache> _cache =
        new(() => new ArtifactCache(options.CacheDirectory, options.CacheBytesMax));

    /// <summary>Bytes in the cache.</summary>
    public long CachedBytes => _cache.Value.Bytes;

    public void Dispose() => _download.Dispose();

    /// <summary>Fetches with the agent's own rights, in the order given.</summary>
    /// <exception cref="FetchException">One of them could not be fetched; earlier ones stay in the sandbox.</exception>
    public Task Fetch(IReadOnlyList<Artifact> artifacts, string sandbox, CancellationToken cancellation) =>
        Fetch(artifacts, sandbox, user: null, cancellation);

    /// <param name="user">With whose rights local files are read; null for the agent's own.</param>
    internal async Task Fetch(IReadOnlyList<Artifact> artifacts, string sandbox, UserAccount? user,
        CancellationToken cancellation)
    {
        foreach (var artifact in artifacts)
        {
            var localPath = ArtifactName.LocalPath(artifact.Uri);
            var name = ArtifactName.InSandbox(artifact);
            try
            {
                using var directory = new RootedDirectory(sandbox);
                using var source = localPath is not null
                    ? LocalFile.Open(localPath, user)
                    : await Open(artifact, directory, name, cancellation);
                if (artifact.Extract)
                    await Extract(artifact, source, directory, name, cancellation);
                else
                    Copy(artifact, source, directory, name, cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new FetchException($"cannot fetch {ArtifactName.Shown(artifact.Uri)} into the sandbox: " +
                    $"{e.Message}", e);
            }
        }
    }

    private async Task<SafeFileHandle> Open(
        Artifact artifact, RootedDirectory sandbox, string name, CancellationToken cancellation)
    {
        if (artifact.Cache)
        {
            return await _cache.Value.Open(
                artifact.Uri, file => _download.Into(file, artifact.Uri, CancellationToken.None), cancellation);
        }
        using (var file = sandbox.Create(name, Mode(artifact)))
            await _download.Into(file, artifact.Uri, cancellation);
        return sandbox.TryOpen(name, out _) ?? throw new IOException($"{name} has vanished from the sandbox");
    }

    private async Task Extract(
        Artifact artifact, SafeFileHandle source, RootedDirectory sandbox, string name, CancellationToken cancellation)
    {
        CheckKind(artifact, source);
        if (IsDownloadedToSandbox(artifact))
            sandbox.Remove(name); // It stays open, and so readable, until it is unpacked.
        await using var archive = new FileStream(source, FileAccess.Read, bufferSize: 0);
        await new Archive(ArtifactName.Shown(artifact.Uri), sandbox, options, cancellation).Extract(archive, name);
    }

    private void Copy(
        Artifact artifact, SafeFileHandle source, RootedDirectory sandbox, string name, CancellationToken cancellation)
    {
        if (IsDownloadedToSandbox(artifact))
            return;
        CheckKind(artifact, source);
        using var file = sandbox.Create(name, Mode(artifact));
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            long offset = 0;
            while (RandomAccess.Read(source, chunk, offset) is var got and > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                RandomAccess.Write(file, chunk.AsSpan(0, got), offset);
                offset += got;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private void CheckKind(Artifact artifact, SafeFileHandle source)
    {
        var facts = RootedDirectory.Facts(source);
        if (facts.Kind != FileKind.File)
        {
            var what = facts.Kind == FileKind.Directory
                ? "a directory; pack it as .tar.gz and let it be unpacked"
                : "no plain file";
            throw new FetchException($"cannot fetch {ArtifactName.Shown(artifact.Uri)}: it is {what}");
        }
        if (facts.Length > options.ArtifactBytesMax)
        {
            throw new FetchException($"cannot fetch {ArtifactName.Shown(artifact.Uri)}: it is larger than " +
                $"{options.ArtifactBytesMax} bytes; fetch less, or raise the agent's limit");
        }
    }

    private static bool IsDownloadedToSandbox(Artifact artifact) =>
        !artifact.Cache && ArtifactName.LocalPath(artifact.Uri) is null;

    private static UnixFileMode Mode(Artifact artifact) => artifact.Executable ? Runnable : Plain;
}
