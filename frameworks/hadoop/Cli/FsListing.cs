using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that show what is there.</summary>
internal static class FsListing
{
    private const int SizeWidth = 10, UsageWidth = 11;

    public static async Task ListAsync(Stores stores, string pattern, bool recursive)
    {
        var (store, matches) = await MatchAsync(stores, pattern, "Cannot access {0}: No such file or directory.");
        foreach (var match in matches)
        {
            var items = match.IsDirectory ? await store.ListAsync(match.Path) : [match];
            if (!recursive && matches.Count == 1 && items.Count > 0)
                Console.WriteLine($"Found {items.Count} items");
            await PrintAsync(store, items, recursive);
        }
    }

    public static async Task UsageAsync(Stores stores, string pattern)
    {
        var (store, matches) = await MatchAsync(stores, pattern, "Cannot access {0}: No such file or directory.");
        List<FileStatus> items = [];
        foreach (var match in matches)
            items.AddRange(match.IsDirectory ? await store.ListAsync(match.Path) : [match]);
        Console.WriteLine($"Found {items.Count} items");
        foreach (var item in items)
        {
            var size = item.IsDirectory ? (await store.SummarizeAsync(item.Path)).Length : item.Length;
            Console.WriteLine($"{size.ToString().PadRight(UsageWidth)} {store.Prefix}{item.Path}");
        }
    }

    public static async Task TotalAsync(Stores stores, string pattern)
    {
        var (store, matches) = await MatchAsync(stores, pattern, "Cannot access {0}: No such file or directory.");
        foreach (var match in matches)
            Console.WriteLine($"{store.Prefix}{match.Path}\t{(await store.SummarizeAsync(match.Path)).Length}");
    }

    public static async Task CountAsync(Stores stores, string pattern)
    {
        var (store, matches) = await MatchAsync(stores, pattern, "Can not find listing for {0}");
        foreach (var match in matches)
        {
            var s = await store.SummarizeAsync(match.Path);
            Console.WriteLine($"{s.Directories,12} {s.Files,12} {s.Length,18} {store.Prefix}{match.Path}");
        }
    }

    public static async Task<int> TestAsync(
        Stores stores, IReadOnlySet<string> flags, IReadOnlyList<string> operands)
    {
        if (flags.Count != 1 || operands.Count != 1)
            throw new FsUsageException();
        var flag = flags.Single();
        if (flag is not ("-e" or "-z" or "-d"))
            throw new FormatException($"Unknown flag: {flag[1..]}");
        var path = stores.Find(operands[0]);
        var status = await path.Store.StatAsync(path.Path);
        if (flag == "-e")
            return status is null ? 1 : 0;
        if (status is null)
            throw new FileNotFoundException($"File does not exist: {operands[0]}");
        return (flag == "-d" ? status.IsDirectory : status is { IsDirectory: false, Length: 0 }) ? 0 : 1;
    }

    /// <summary>What a path or pattern names.</summary>
    /// <param name="otherwise">The message if that is nothing; <c>{0}</c> stands for what was asked.</param>
    /// <exception cref="FileNotFoundException">Nothing is named.</exception>
    public static async Task<(IFileSystem Store, IReadOnlyList<FileStatus> Matches)> MatchAsync(
        Stores stores, string pattern, string otherwise)
    {
        var path = stores.Find(pattern);
        var matches = await PathPattern.ExpandAsync(path.Store, path.Path);
        return matches.Count > 0 ? (path.Store, matches)
            : throw new FileNotFoundException(otherwise.Replace("{0}", pattern, StringComparison.Ordinal));
    }

    private static async Task PrintAsync(IFileSystem store, IReadOnlyList<FileStatus> items, bool recursive)
    {
        if (items.Count == 0)
            return;
        var replication = items.Max(i => i.Replication.ToString().Length);
        var owner = items.Max(i => i.Owner.Length);
        var group = items.Max(i => i.Group.Length);
        foreach (var item in items)
        {
            var copies = item.IsDirectory ? "-" : item.Replication.ToString();
            Console.WriteLine($"{Mode(item)}{copies.PadLeft(replication + 3)} {item.Owner.PadRight(owner)} " +
                $"{item.Group.PadRight(group)} {item.Length.ToString().PadLeft(SizeWidth)} " +
                $"{item.Modified.ToLocalTime():yyyy-MM-dd HH:mm} {item.Path}");
            if (recursive && item.IsDirectory)
                await PrintAsync(store, await store.ListAsync(item.Path), recursive);
        }
    }

    private static string Mode(FileStatus item)
    {
        var bits = Convert.ToInt32(item.Permission, 8);
        var mode = string.Create(10, (bits, item.IsDirectory), static (text, state) =>
        {
            text[0] = state.IsDirectory ? 'd' : '-';
            for (var i = 0; i < 9; i++)
                text[i + 1] = (state.bits & (1 << (8 - i))) == 0 ? '-' : "rwx"[i % 3];
            if ((state.bits & 0x200) != 0)
                text[9] = text[9] == 'x' ? 't' : 'T';
        });
        return mode;
    }
}
