using Agora.Web;
using Microsoft.AspNetCore.Http;

namespace Agora.Daemon.Files;

/// <summary>Where a virtual path is on disk.</summary>
/// <param name="Root">Directory that bounds it: nothing outside is ever read.</param>
/// <param name="Path">Beneath the root, without a leading '/'; empty for the root itself.</param>
public readonly record struct FileLocation(string Root, string Path);

/// <summary>What an agent serves, and to whom.</summary>
public sealed record FileServerOptions
{
    /// <summary>
    /// Maps a virtual path such as <c>sandbox/f-1/task-1/stdout</c> to its place; null for one that is not served.
    /// Paths come with plain parts only: no empty ones, no <c>.</c> or <c>..</c>.
    /// </summary>
    public required Func<string, FileLocation?> Resolve { get; init; }

    /// <summary>True as long as the file at a virtual path may still grow: its container has not ended.</summary>
    public Func<string, bool> IsLive { get; init; } = _ => false;

    /// <summary>Who asks may read what is at a virtual path; false refuses the request with 401.</summary>
    public Func<HttpContext, string, bool> Authorize { get; init; } = (_, _) => true;

    /// <summary>How often somebody may ask; null for as often as he likes.</summary>
    public RequestRates? Rates { get; init; }

    /// <summary>Longest virtual path, in characters.</summary>
    public int PathLengthMax { get; init; } = 4096;

    /// <summary>Most entries in one listing; the answer says if there are more.</summary>
    public int ListingEntriesMax { get; init; } = 10_000;

    /// <summary>Most requests that follow a file at a time; another is refused with 503.</summary>
    public int FollowersMax { get; init; } = 500;

    /// <summary>
    /// Shortest and longest time between two looks at a followed file; it doubles while nothing comes.
    /// </summary>
    public TimeSpan FollowPollMin { get; init; } = TimeSpan.FromMilliseconds(10);
    public TimeSpan FollowPollMax { get; init; } = TimeSpan.FromMilliseconds(250);
}
