using System.Globalization;
using System.Net;
using System.Text;
using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>
/// What administrators' commands show, made here as Hadoop's name node makes <c>/fsck</c>: text that the command prints.
/// <c>/dfsreport</c> is our own, for <c>dfsadmin -report</c>.
/// </summary>
internal sealed class AdminPages(EmbeddedStore store, StoreOptions options, TimeProvider time)
{
    private const string Date = "ddd MMM dd HH:mm:ss 'UTC' yyyy";

    public async Task AnswerAsync(HttpContext context)
    {
        var text = context.Request.Path.Value switch
        {
            "/fsck" => Fsck(context),
            "/dfsreport" => Report(),
            _ => null,
        };
        context.Response.StatusCode = text is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        context.Response.ContentType = text is null ? "text/html; charset=iso-8859-1" : "text/plain; charset=utf-8";
        text ??= $"<html><head><title>Error 404 NOT_FOUND</title></head><body><h2>HTTP ERROR 404</h2>\n" +
            $"<p>Problem accessing {WebUtility.HtmlEncode(context.Request.Path)}. Reason:\n<pre>    NOT_FOUND</pre></p></body></html>\n";
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }

    private string Now => time.GetUtcNow().ToString(Date, CultureInfo.InvariantCulture);

    private string Fsck(HttpContext context)
    {
        var query = context.Request.Query;
        var path = query["path"].ToString() is { Length: > 0 } p ? p : StoragePath.Root;
        var user = query["ugi"].ToString() is { Length: > 0 } u ? u : options.DefaultUser;
        var started = time.GetTimestamp();
        var text = new StringBuilder($"FSCK started by {user} from /{context.Connection.RemoteIpAddress} for path {path} at {Now}\n");
        if (store.Names.Find(path) is not { } inode)
            return text.Append($"\n\nPath '{path}' does not exist\n").ToString();
        var check = new Fsck(store, options, text, query.ContainsKey("files"), query.ContainsKey("blocks"),
            query.ContainsKey("locations"), query.ContainsKey("racks"));
        check.Look(path, inode);
        check.Summarize();
        return text.Append($"FSCK ended at {Now} in {(long)time.GetElapsedTime(started).TotalMilliseconds} milliseconds\n\n\n" +
            $"The filesystem under path '{path}' is {check.Verdict}\n").ToString();
    }

    private string Report()
    {
        var living = store.Replicator.Living;
        var load = store.Names.Load();
        var (capacity, free) = store.Disk(options.Nodes[0]);
        long under = 0, damaged = 0, missing = 0;
        for (var page = store.Names.BlocksAfter(0, 1000); page.Count > 0; page = store.Names.BlocksAfter(page[^1].Id, 1000))
        {
            foreach (var block in page)
            {
                var whole = block.Replicas.Count(r => !r.IsDamaged && living.Contains(r.Node));
                under += whole < block.Replication ? 1 : 0;
                damaged += block.Replicas.Any(r => r.IsDamaged) ? 1 : 0;
                missing += whole == 0 ? 1 : 0;
            }
        }
        var used = load.Values.Sum(l => l.Bytes);
        var text = new StringBuilder(
            $"Configured Capacity: {capacity} ({Size(capacity)})\nPresent Capacity: {free + used} ({Size(free + used)})\n" +
            $"DFS Remaining: {free} ({Size(free)})\nDFS Used: {used} ({Size(used)})\n" +
            $"DFS Used%: {Percent(used, free + used)}%\nUnder replicated blocks: {under}\n" +
            $"Blocks with corrupt replicas: {damaged}\nMissing blocks: {missing}\n\n{new string('-', 49)}\n" +
            $"Datanodes available: {living.Count} ({options.Nodes.Count} total, {options.Nodes.Count - living.Count} dead)\n\n");
        // Each node has an equal part of the disk they share.
        var (share, shareFree) = (capacity / options.Nodes.Count, free / options.Nodes.Count);
        foreach (var node in options.Nodes)
        {
            var bytes = load.GetValueOrDefault(node).Bytes;
            var (all, left) = living.Contains(node) ? (share, shareFree) : (0, 0);
            var other = Math.Max(0, all - left - bytes);
            text.Append($"Name: {node}:50010\nDecommission Status : Normal\nConfigured Capacity: {all} ({Size(all)})\n" +
                $"DFS Used: {bytes} ({Size(bytes)})\nNon DFS Used: {other} ({Size(other)})\nDFS Remaining: {left}({Size(left)})\n" +
                $"DFS Used%: {Percent(bytes, all)}%\nDFS Remaining%: {Percent(left, all)}%\nLast contact: " +
                store.Replicator.LastSeen(node).ToString(Date, CultureInfo.InvariantCulture) + "\n\n\n");
        }
        return text.ToString();
    }

    /// <summary>Such as <c>69.19 GB</c>, in Hadoop's words.</summary>
    private static string Size(long bytes)
    {
        string[] units = ["KB", "MB", "GB", "TB", "PB", "EB"];
        var unit = 0;
        var value = bytes / 1024.0;
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return $"{value:0.##} {units[unit]}";
    }

    private static string Percent(long part, long whole) => whole == 0 ? "100" : $"{100.0 * part / whole:0.##}";
}
