using System.Globalization;
using System.Text;
using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>Commands of <c>hadoop fs</c> that show what is there.</summary>
internal static class FsListing
{
    private const string Missing = "Cannot access {0}: No such file or directory.";
    private const int SizeWidth = 10, UsageWidth = 11;

    public static async Task ListAsync(FsCall call, string pattern)
    {
        var (store, matches) = await call.MatchAsync(pattern, Missing);
        if (call.Has("-d"))
        {
            await PrintAsync(call, store, matches, recursive: false);
            return;
        }
        foreach (var match in matches)
        {
            var items = match.IsDirectory ? await store.ListAsync(match.Path) : [match];
            if (!call.Has("-R") && items.Count > 0 && (matches.Count == 1 || match.IsDirectory))
                Console.WriteLine($"Found {items.Count} items");
            await PrintAsync(call, store, items, call.Has("-R"));
        }
    }

    public static async Task UsageAsync(FsCall call, string pattern)
    {
        var (store, matches) = await call.MatchAsync(pattern, Missing);
        if (call.Has("-s"))
        {
            foreach (var match in matches)
                Console.WriteLine($"{Size(call, (await store.SummarizeAsync(match.Path)).Length)}  {store.Prefix}{match.Path}");
            return;
        }
        List<FileStatus> items = [];
        foreach (var match in matches)
            items.AddRange(match.IsDirectory ? await store.ListAsync(match.Path) : [match]);
        Console.WriteLine($"Found {items.Count} items");
        foreach (var item in items)
        {
            var size = item.IsDirectory ? (await store.SummarizeAsync(item.Path)).Length : item.Length;
            Console.WriteLine($"{Size(call, size).PadRight(UsageWidth)} {store.Prefix}{item.Path}");
        }
    }

    public static async Task TotalAsync(FsCall call, string pattern)
    {
        var (store, matches) = await call.MatchAsync(pattern, Missing);
        foreach (var match in matches)
            Console.WriteLine($"{store.Prefix}{match.Path}\t{(await store.SummarizeAsync(match.Path)).Length}");
    }

    public static async Task CountAsync(FsCall call, string pattern)
    {
        const string missing = "Can not find listing for {0}";
        if (await PathPattern.ExpandAsync(call.Stores.Find(pattern).Store, call.Stores.Find(pattern).Path) is { Count: 0 })
            throw new FsMessageException(missing.Replace("{0}", pattern, StringComparison.Ordinal));
        var (store, matches) = await call.MatchAsync(pattern, missing);
        foreach (var match in matches)
        {
            var s = await store.SummarizeAsync(match.Path);
            var quotas = call.Has("-q") ? Quota(12, s.Quota, s.Directories + s.Files) + Quota(15, s.SpaceQuotaBytes, s.SpaceConsumedBytes) : "";
            Console.WriteLine($"{quotas}{s.Directories,12} {s.Files,12} {s.Length,18} {store.Prefix}{match.Path}");
        }
    }

    /// <summary>A quota and what is left of it.</summary>
    private static string Quota(int width, long quota, long used) => quota < 0
        ? $"{"none".PadLeft(width)} {"inf",15} " : $"{$"{quota}".PadLeft(width)} {quota - used,15} ";

    public static async Task<int> StatAsync(FsCall call)
    {
        // Of two operands Hadoop takes the first as the format, whatever it is.
        var (format, patterns) = call.Operands.Count == 1 ? ("%y", call.Operands) : (call.Operands[0], [.. call.Operands.Skip(1)]);
        return await (call with { Operands = patterns }).EachAsync(async pattern =>
        {
            var (_, matches) = await call.MatchAsync(pattern, "cannot stat `{0}': No such file or directory");
            foreach (var match in matches)
                Console.WriteLine(Format(format, match));
        });
    }

    public static async Task<int> TestAsync(FsCall call)
    {
        if (call.Operands is not [var flag, var name] || !flag.StartsWith('-'))
            throw new FsUsageException();
        if (flag is not ("-e" or "-z" or "-d"))
            throw new FormatException($"Unknown flag: {flag[1..]}");
        var path = call.Stores.Find(name);
        var status = await path.Store.StatAsync(path.Path);
        if (flag == "-e")
            return status is null ? 1 : 0;
        if (status is null)
            throw new FileNotFoundException($"File does not exist: {name}");
        return (flag == "-d" ? status.IsDirectory : status is { IsDirectory: false, Length: 0 }) ? 0 : 1;
    }

    public static async Task ChecksumAsync(FsCall call, string pattern)
    {
        var (store, matches) = await call.MatchAsync(pattern, "`{0}': No such file or directory");
        foreach (var match in matches)
        {
            if (match.IsDirectory)
                throw new StorageException($"`{pattern}': Is a directory");
            var sum = await store.ChecksumAsync(match.Path);
            Console.WriteLine($"{match.Path}\t{sum?.Algorithm ?? "NONE"}\t{sum?.Bytes}");
        }
    }

    public static async Task<int> DiskAsync(FsCall call)
    {
        var store = call.Stores.Find(call.Operands is [var path, ..] ? path : StoragePath.Root).Store;
        var usage = await store.UsageAsync();
        string[] sizes = [Size(call, usage.Capacity), Size(call, usage.Used), Size(call, usage.Free)];
        var names = new[] { "Size", "Used", "Available" };
        var widths = names.Zip(sizes, (n, s) => Math.Max(n.Length, s.Length)).ToArray();
        var width = Math.Max("Filesystem".Length, store.Prefix.Length);
        Console.WriteLine($"{"Filesystem".PadRight(width)}  {string.Join("  ", names.Zip(widths, (n, w) => n.PadLeft(w)))}  Use%");
        var percent = usage.Capacity == 0 ? 0 : 100 * usage.Used / usage.Capacity;
        Console.WriteLine($"{store.Prefix.PadRight(width)}  {string.Join("  ", sizes.Zip(widths, (s, w) => s.PadLeft(w)))}  {percent,3}%");
        return 0;
    }

    public static async Task<int> FindAsync(FsCall call)
    {
        var paths = call.Operands.TakeWhile(o => !o.StartsWith('-')).ToList();
        var names = new List<(string Pattern, bool IgnoreCase)>();
        var end = "\n";
        for (var at = paths.Count; at < call.Operands.Count; at++)
        {
            switch (call.Operands[at])
            {
                case "-name" or "-iname" when at + 1 < call.Operands.Count:
                    names.Add((call.Operands[at + 1], call.Operands[at] == "-iname"));
                    at++;
                    break;
                case "-print0": end = "\0"; break;
                case "-print" or "-a" or "-and": break;
                default: throw new FormatException($"Unexpected argument: {call.Operands[at]}");
            }
        }
        return await (call with { Operands = paths }).EachAsync(async pattern =>
        {
            var (store, matches) = await call.MatchAsync(pattern, "`{0}': No such file or directory");
            foreach (var match in matches)
                await WalkAsync(store, match, item =>
                {
                    if (names.TrueForAll(n => PathPattern.Matches(n.Pattern, item.Name, n.IgnoreCase)))
                        Console.Write(item.Path + end);
                });
        }, [""]);
    }

    /// <summary>A directory before what is in it.</summary>
    public static async Task WalkAsync(IFileSystem store, FileStatus from, Action<FileStatus> visit)
    {
        visit(from);
        if (!from.IsDirectory)
            return;
        foreach (var item in await store.ListAsync(from.Path))
            await WalkAsync(store, item, visit);
    }

    private static async Task PrintAsync(FsCall call, IFileSystem store, IReadOnlyList<FileStatus> items, bool recursive)
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
                $"{item.Group.PadRight(group)} {Size(call, item.Length).PadLeft(SizeWidth)} " +
                $"{item.Modified.ToLocalTime():yyyy-MM-dd HH:mm} {item.Path}");
            if (recursive && item.IsDirectory)
                await PrintAsync(call, store, await store.ListAsync(item.Path), recursive);
        }
    }

    private static string Format(string format, FileStatus file)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            text.Append(format[++i] switch
            {
                'b' => $"{file.Length}",
                'F' => file.IsDirectory ? "directory" : "regular file",
                'g' => file.Group,
                'n' => file.Name,
                'o' => $"{file.BlockSizeBytes}",
                'r' => $"{file.Replication}",
                'u' => file.Owner,
                'y' => file.Modified.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                'Y' => $"{file.Modified.ToUnixTimeMilliseconds()}",
                var other => $"{other}",
            });
        }
        return text.ToString();
    }

    /// <summary>Bytes, or with <c>-h</c> such as <c>64 M</c> and <c>1.2 K</c>.</summary>
    private static string Size(FsCall call, long bytes)
    {
        if (!call.Has("-h") || bytes < 1024)
            return $"{bytes}";
        var unit = -1;
        var value = (double)bytes;
        for (; value >= 1024; unit++)
            value /= 1024;
        return $"{value:0.#} {"KMGTPE"[unit]}";
    }

    private static string Mode(FileStatus item)
    {
        var bits = Convert.ToInt32(item.Permission, 8);
        return string.Create(10, (bits, item.IsDirectory), static (text, state) =>
        {
            text[0] = state.IsDirectory ? 'd' : '-';
            for (var i = 0; i < 9; i++)
                text[i + 1] = (state.bits & (1 << (8 - i))) == 0 ? '-' : "rwx"[i % 3];
            if ((state.bits & 0x200) != 0)
                text[9] = text[9] == 'x' ? 't' : 'T';
        });
    }
}
