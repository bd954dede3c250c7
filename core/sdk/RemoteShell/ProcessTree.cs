using System.Globalization;

namespace Agora.RemoteShell;

/// <summary>The processes below one, from /proc.</summary>
internal static class ProcessTree
{
    /// <summary>Sends a signal to every descendant, children first seen first.</summary>
    /// <returns>How many were alive.</returns>
    public static int SignalDescendants(int root, int signal)
    {
        var alive = 0;
        foreach (var pid in Descendants(root))
        {
            alive++;
            _ = Libc.Kill(pid, signal);
        }
        return alive;
    }

    /// <summary>Living descendants; zombies are none.</summary>
    public static IReadOnlyList<int> Descendants(int root)
    {
        var children = new Dictionary<int, List<int>>();
        var dead = new HashSet<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ||
                ReadStat(pid) is not var (parent, state))
                continue;
            if (state is 'Z' or 'X')
                dead.Add(pid);
            if (!children.TryGetValue(parent, out var list))
                children[parent] = list = [];
            list.Add(pid);
        }
        List<int> found = [];
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var next))
        {
            foreach (var child in children.GetValueOrDefault(next, []))
            {
                open.Enqueue(child);
                if (!dead.Contains(child))
                    found.Add(child);
            }
        }
        return found;
    }

    private static (int Parent, char State)? ReadStat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name may hold blanks and parentheses; what follows the last one does not.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 3);
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
