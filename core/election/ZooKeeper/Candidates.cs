using System.Globalization;

namespace Agora.Election.ZooKeeper;

/// <summary>What an election keeps in ZooKeeper: a node for each candidate, numbered in the order they came; the first leads.</summary>
internal static class Candidates
{
    private const int NumberDigits = 10;

    public static string Directory(MasterLocation.InZooKeeper location) => $"{location.Path}/masters";

    /// <summary>What ZooKeeper has added to a name.</summary>
    public static long NumberOf(string name) =>
        name.Length >= NumberDigits && long.TryParse(name.AsSpan(name.Length - NumberDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : long.MaxValue;
}
