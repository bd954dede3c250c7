using System.Diagnostics;

namespace Agora.Workloads.Recovery;

/// <summary>What a run has left on the machine once its cluster is down.</summary>
internal sealed class Leftovers
{
    private const string SharedMemory = "/dev/shm", Groups = "/sys/fs/cgroup", Spaces = "/run/netns", Links = "/sys/class/net";

    /// <summary>What was told to end may still be ending.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _before = Seen();

    /// <param name="root">Whatever names it belongs to the run.</param>
    /// <param name="temporary">Where all of the run's temporary files are; only <paramref name="kept"/> may be left there.</param>
    /// <param name="addresses">Where something listened.</param>
    /// <returns>In words, one of each.</returns>
    public IReadOnlyList<string> Find(string root, string temporary, string kept, IReadOnlyList<Uri> addresses)
    {
        var waited = Stopwatch.StartNew();
        var processes = ProcessScan.Of([root]);
        for (; processes.Count > 0 && waited.Elapsed < EndPatience; processes = ProcessScan.Of([root]))
            Thread.Sleep(100);
        return
        [
            .. processes.Select(p => $"process {p} is left"),
            .. addresses.Where(ChaosSite.Answers).Select(a => $"something listens at {a} still"),
            .. Seen().Except(_before).Order().Select(e => $"{e} is left"),
            .. Directory.EnumerateFileSystemEntries(temporary).Where(e => e != kept && !IsOfRuntime(e)).Order().Select(e => $"{e} is left"),
        ];
    }

    /// <summary>Sockets that the .NET runtime of a user's program leaves that is killed hard; the cluster removes its own processes'.</summary>
    private static bool IsOfRuntime(string entry) => Path.GetFileName(entry).StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) ||
        Path.GetFileName(entry).StartsWith("clr-debug-pipe-", StringComparison.Ordinal);

    private static HashSet<string> Seen() =>
        Entries(SharedMemory, "*").Concat(Entries(Spaces, "ag*")).Concat(Entries(Links, "ag*"))
            .Concat(Entries(Groups, "*").SelectMany(c => Entries(c, "agora*"))).ToHashSet();

    private static IEnumerable<string> Entries(string directory, string pattern) =>
        Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory, pattern) : [];
}
