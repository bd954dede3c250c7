using System.Globalization;
using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary><c>hadoop dfsadmin</c> and <c>hadoop fsck</c>: the store makes the text, as Hadoop's name node does.</summary>
internal static class DfsAdmin
{
    public static async Task<int> RunAsync(string[] args)
    {
        var options = GenericOptions.Parse(args);
        switch (options.Rest)
        {
            case ["-report"]:
                return await PrintAsync(options, "/dfsreport");
            case ["-safemode", "get" or "leave"]:
                // The store takes requests only once it has everything, so it is never in safe mode.
                Console.WriteLine("Safe mode is OFF");
                return 0;
            case ["-safemode", "wait"]:
                return 0;
            case ["-setQuota", var number, _, ..] when ParseAmount(number, withUnit: false) is { } names:
                return await SetQuotaAsync(options, "setQuota", 2, names, null);
            case ["-setSpaceQuota", var number, _, ..] when ParseAmount(number, withUnit: true) is { } bytes:
                return await SetQuotaAsync(options, "setSpaceQuota", 2, null, bytes);
            case ["-clrQuota", _, ..]:
                return await SetQuotaAsync(options, "clrQuota", 1, -1, null);
            case ["-clrSpaceQuota", _, ..]:
                return await SetQuotaAsync(options, "clrSpaceQuota", 1, null, -1);
            case ["-refreshNodes" or "-finalizeUpgrade"]:
                return 0;
        }
        Console.Error.WriteLine("""
            Usage: java DFSAdmin
                       [-report]
                       [-safemode get | leave | wait]
                       [-setQuota <quota> <dirname>...<dirname>]
                       [-clrQuota <dirname>...<dirname>]
                       [-setSpaceQuota <quota[k|m|g|t|p]> <dirname>...<dirname>]
                       [-clrSpaceQuota <dirname>...<dirname>]

            Quotas are positive whole numbers. Upgrades and a safe mode that is entered by hand are not supported by the
            embedded store.
            """);
        return FsShell.Failure;
    }

    public static async Task<int> CheckAsync(string[] args)
    {
        var options = GenericOptions.Parse(args);
        string[] known = ["-files", "-blocks", "-locations", "-racks", "-openforwrite"];
        var paths = options.Rest.Where(a => !a.StartsWith('-')).ToList();
        if (paths.Count != 1 || options.Rest.FirstOrDefault(a => a.StartsWith('-') && !known.Contains(a)) is { })
        {
            Console.Error.WriteLine("Usage: DFSck <path> [-files [-blocks [-locations | -racks]]]");
            return FsShell.Failure;
        }
        using var stores = FsShell.Open(options);
        var path = stores.Find(paths[0]);
        var flags = string.Concat(options.Rest.Where(known.Contains).Select(f => $"&{f[1..]}=1"));
        return await PrintAsync(options,
            $"/fsck?ugi={Uri.EscapeDataString(Environment.UserName)}&path={Uri.EscapeDataString(path.Path)}{flags}");
    }

    /// <summary>A positive number, with one of Hadoop's letters for a unit if that is allowed; null if it is none.</summary>
    private static long? ParseAmount(string text, bool withUnit)
    {
        var power = withUnit && text.Length > 0 ? "kmgtp".IndexOf(char.ToLowerInvariant(text[^1]), StringComparison.Ordinal) + 1 : 0;
        return long.TryParse(power > 0 ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) &&
            number > 0 && number <= long.MaxValue >> (10 * power) ? number << (10 * power) : null;
    }

    private static async Task<int> SetQuotaAsync(GenericOptions options, string command, int firstPath, long? names, long? bytes)
    {
        using var stores = FsShell.Open(options);
        var code = 0;
        foreach (var name in options.Rest.Skip(firstPath))
        {
            try
            {
                var path = stores.Find(name);
                await FsCall.Hdfs(path.Store).SetQuotaAsync(path.Path, names, bytes);
            }
            catch (Exception e) when (FsCall.IsFailure(e))
            {
                Console.Error.WriteLine($"{command}: {e.Message}");
                code = FsShell.Failure;
            }
        }
        return code;
    }

    /// <summary>1 if the store says of itself that something is corrupt.</summary>
    private static async Task<int> PrintAsync(GenericOptions options, string page)
    {
        using var stores = FsShell.Open(options);
        if (stores.Default is not WebHdfs store)
        {
            Console.Error.WriteLine($"FileSystem {stores.Default.Prefix} is not a distributed file system");
            return FsShell.Failure;
        }
        try
        {
            var text = await store.PageAsync(page);
            Console.Write(text);
            return text.EndsWith("is CORRUPT\n", StringComparison.Ordinal) ? 1 : 0;
        }
        catch (StorageException e)
        {
            Console.Error.WriteLine($"hadoop: {e.Message}");
            return FsShell.Failure;
        }
    }
}
