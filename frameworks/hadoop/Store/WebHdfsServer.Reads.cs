using System.Text.Json;
using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>Operations that tell what is there.</summary>
internal sealed partial class WebHdfsServer
{
    /// <summary>How many entries one answer of LISTSTATUS_BATCH has at most.</summary>
    private const int ListBatchMax = 1000;

    private Task StatAsync(HttpContext context, WebHdfsRequest request) => AnswerAsync(
        context, new FileStatusAnswer(ToWire(Existing(request, MissingStatus), "")), Json.FileStatusAnswer);

    private Task ListAsync(HttpContext context, WebHdfsRequest request) =>
        AnswerAsync(context, Utf8($"{StatusesJson(Listed(request))}\n"));

    private Task ListBatchAsync(HttpContext context, WebHdfsRequest request)
    {
        var left = Listed(request).SkipWhile(s => request["startAfter"] is { Length: > 0 } after &&
            string.CompareOrdinal(s.PathSuffix, after) <= 0).ToList();
        var page = left.Take(ListBatchMax).ToList();
        return AnswerAsync(context, Utf8($"{{\"DirectoryListing\":{{\"partialListing\":{StatusesJson(page)}," +
            $"\"remainingEntries\":{left.Count - page.Count}}}}}"));
    }

    private IReadOnlyList<WireFileStatus> Listed(WebHdfsRequest request)
    {
        var inode = Existing(request, "File {0} does not exist.");
        if (!inode.IsDirectory)
            return [ToWire(inode, "")];
        CheckFor(request).Demand(inode, FsAction.ReadExecute);
        return [.. store.Names.Children(inode).Select(c => ToWire(c, c.Name))];
    }

    private static string StatusesJson(IReadOnlyList<WireFileStatus> list)
    {
        var lines = list.Select(s => JsonSerializer.Serialize(s, Json.WireFileStatus));
        return $"{{\"FileStatuses\":{{\"FileStatus\":[\n{string.Join(",\n", lines)}\n]}}}}";
    }

    private Task SummarizeAsync(HttpContext context, WebHdfsRequest request)
    {
        var s = Summarized(request);
        return AnswerAsync(context, new ContentSummaryAnswer(new WireContentSummary(
            s.Directories, s.Files, s.Length, s.Quota, s.SpaceConsumedBytes, s.SpaceQuotaBytes)), Json.ContentSummaryAnswer);
    }

    private Task QuotaUsageAsync(HttpContext context, WebHdfsRequest request)
    {
        var s = Summarized(request);
        return AnswerAsync(context, new QuotaUsageAnswer(new WireQuotaUsage(
            s.Directories + s.Files, s.Quota, s.SpaceConsumedBytes, s.SpaceQuotaBytes)), Json.QuotaUsageAnswer);
    }

    private ContentSummary Summarized(WebHdfsRequest request)
    {
        var inode = Existing(request, MissingStatus);
        var check = CheckFor(request);
        if (inode.IsDirectory && !check.IsSuperuser)
            foreach (var directory in store.Names.Directories(inode))
                check.Demand(directory, FsAction.ReadExecute);
        return store.Names.Summarize(inode);
    }

    /// <summary>The mode bits are all there is: no entries beyond them.</summary>
    private Task AclStatusAsync(HttpContext context, WebHdfsRequest request)
    {
        var inode = Existing(request, MissingStatus);
        return AnswerAsync(context, new AclStatusAnswer(new WireAclStatus(
            [], inode.Group, inode.Owner, inode.Permission, (inode.Mode & PermissionCheck.StickyBit) != 0)), Json.AclStatusAnswer);
    }

    private Task LocateAsync(HttpContext context, WebHdfsRequest request)
    {
        var (_, blocks) = BlocksAsked(request);
        return AnswerAsync(context, new BlockLocationsAnswer(new BlockLocationList([.. blocks.Select(b =>
        {
            var nodes = store.Locations(b);
            return new WireBlockLocation([], b.Replicas.All(r => r.IsDamaged), nodes, b.Length, nodes, b.Offset,
                [.. nodes.Select(n => $"/default-rack/{n}")]);
        })])), Json.BlockLocationsAnswer);
    }

    private Task LocateBlocksAsync(HttpContext context, WebHdfsRequest request)
    {
        var (file, blocks) = BlocksAsked(request);
        var port = context.Request.Host.Port ?? 0;
        return AnswerAsync(context, new LocatedBlocksAnswer(new WireLocatedBlocks(file.Length, false, [.. blocks.Select(b =>
            new WireLocatedBlock(new WireBlock(b.Id, 1, b.Length), new WireBlockToken("AAAAAA"),
                b.Replicas.All(r => r.IsDamaged),
                [.. store.Locations(b).Select(n => new WireDatanode("NORMAL", n, port, n, "/default-rack"))], b.Offset))])),
            Json.LocatedBlocksAnswer);
    }

    private (Inode File, IEnumerable<Block> Blocks) BlocksAsked(WebHdfsRequest request)
    {
        var file = Existing(request, MissingStatus, FsAction.Read);
        var offset = request.Long("offset", absent: 0, min: 0);
        var length = request.Long("length", absent: long.MaxValue, min: 0);
        return (file, store.Names.Blocks(file)
            .Where(b => b.Offset + b.Length > offset && (b.Offset < offset || b.Offset - offset < length)));
    }

    private Task StatusAsync(HttpContext context)
    {
        // All nodes of the embedded store share a disk.
        var (capacity, free) = store.Disk(options.Nodes[0]);
        return AnswerAsync(context, new FsStatusAnswer(new WireFsStatus(
            capacity, free, store.Names.Load().Values.Sum(l => l.Bytes))), Json.FsStatusAnswer);
    }

    private Task DefaultsAsync(HttpContext context) => AnswerAsync(context, new ServerDefaultsAnswer(new WireServerDefaults(
        options.BlockSizeBytes, 512, "CRC32", false, 4096, options.Replication, 0, 65536)), Json.ServerDefaultsAnswer);

    private Task CheckAccessAsync(HttpContext context, WebHdfsRequest request)
    {
        var symbols = request["fsaction"] ?? "";
        var action = FsActions.Parse(symbols) ??
            throw WebHdfsException.BadParameter("fsaction", $"\"{symbols}\" is not such as \"r-x\".");
        Existing(request, MissingStatus, action);
        return AnswerEmptyAsync(context);
    }

    private static WireFileStatus ToWire(Inode i, string suffix) => new(
        i.AccessedMs, i.BlockSizeBytes, i.Group, i.Length, i.ModifiedMs, i.Owner, suffix, i.Permission,
        i.Replication, i.IsDirectory ? "DIRECTORY" : "FILE");
}
