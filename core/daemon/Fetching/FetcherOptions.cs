namespace Agora.Daemon.Fetching;

/// <summary>Bounds on fetching.</summary>
public sealed record FetcherOptions
{
    /// <summary>Where artifacts with <see cref="Artifact.Cache"/> are kept; of this agent alone.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>The least recently used are dropped beyond this; one larger than this is not kept.</summary>
    public long CacheBytesMax { get; init; } = 2L << 30;

    /// <summary>Largest artifact, and most that one archive may hold unpacked.</summary>
    public long ArtifactBytesMax { get; init; } = 20L << 30;

    /// <summary>Most entries in an archive.</summary>
    public int ArchiveEntriesMax { get; init; } = 200_000;

    /// <summary>Downloads at a time; others wait.</summary>
    public int DownloadsMax { get; init; } = 8;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A server that sends nothing for this long has failed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
