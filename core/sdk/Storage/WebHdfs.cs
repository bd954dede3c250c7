using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agora.Storage;

/// <summary>
/// A store that speaks WebHDFS: every call goes to the name node, and data to and from the data nodes it redirects to.
/// </summary>
/// <param name="server">The name node's HTTP address.</param>
/// <param name="user">Sent as <c>user.name</c> with every call.</param>
/// <param name="patience">How long a name node that refuses connections is waited for; none if not given.</param>
/// <param name="node">
/// The node whose copies of blocks are read from their files; null for those of any node on this machine.
/// </param>
public sealed class WebHdfs(Uri server, string user, TimeSpan patience = default, string? prefix = null, string? node = null)
    : IFileSystem, IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a connection may take to be made.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = ConnectTimeout, UseCookies = false, UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A store on another machine is not asked for its files, and could not make us read ours.</summary>
    private volatile bool _tellsLocal = server.IsLoopback;

    public string Prefix { get; } = prefix ?? $"hdfs://{server.Authority}";
    public string HomeDirectory { get; } = $"/user/{user}";

    public void Dispose() => _http.Dispose();

    public async Task<FileStatus?> StatAsync(string path, CancellationToken stop = default)
    {
        try
        {
            var answer = await AskAsync(HttpMethod.Get, path, "GETFILESTATUS", "",
                WebHdfsJson.Default.FileStatusAnswer, stop);
            return FromWire(answer.FileStatus, path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<FileStatus>> ListAsync(string path, CancellationToken stop = default)
    {
        var answer = await AskAsync(HttpMethod.Get, path, "LISTSTATUS", "",
            WebHdfsJson.Default.FileStatusesAnswer, stop);
        return [.. answer.FileStatuses.FileStatus
            .Select(s => FromWire(s, s.PathSuffix.Length == 0 ? path : StoragePath.Join(path, s.PathSuffix)))
            .OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    public async Task<Stream> OpenAsync(
        string path, long offset = 0, long? length = null, CancellationToken stop = default)
    {
        var first = await OpenPartAsync(path, offset, length, mayBeLocal: true, stop);
        return new ResumingStream(first, (done, mayBeLocal, again) =>
            OpenPartAsync(path, offset + done, length - done, mayBeLocal, again));
    }

    /// <summary>
    /// Opens a block's copy on this machine if there is one, else what the store sends: of that block, or, from a store
    /// that does not tell, of all that is asked for.
    /// </summary>
    private async Task<FilePart> OpenPartAsync(
        string path, long offset, long? length, bool mayBeLocal, CancellationToken stop)
    {
        if (length == 0 || await FindLocalAsync(path, offset, stop) is not { } block)
            return new FilePart(await OpenRemoteAsync(path, offset, length, stop), IsLast: true);
        var left = Math.Min(length ?? long.MaxValue, block.FileLength - offset);
        var here = Math.Min(left, block.Offset + block.Length - offset);
        var local = mayBeLocal ? LocalBlockStream.Open(block, offset, here) : null;
        return new FilePart(local ?? await OpenRemoteAsync(path, offset, here, stop), IsLast: here == left);
    }

    /// <summary>Null if the store does not tell; what it refuses, it refuses again when the file is opened.</summary>
    private async Task<WireLocalBlock?> FindLocalAsync(string path, long offset, CancellationToken stop)
    {
        if (!_tellsLocal)
            return null;
        try
        {
            var at = $"&offset={offset}" + (node is null ? "" : $"&node={Uri.EscapeDataString(node)}");
            return (await AskAsync(HttpMethod.Get, path, "GET_LOCAL_BLOCK", at, WebHdfsJson.Default.LocalBlockAnswer, stop)).LocalBlock;
        }
        catch (StorageException e)
        {
            // Any store but the embedded one does not know the operation; it is not asked again.
            _tellsLocal = e.RemoteException != "IllegalArgumentException";
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private async Task<Stream> OpenRemoteAsync(string path, long offset, long? length, CancellationToken stop)
    {
        if (length == 0)
            return Stream.Null;
        var range = $"&offset={offset}" + (length is { } n ? $"&length={n}" : "");
        var response = await SendAsync(HttpMethod.Get, path, "OPEN", range, stop);
        try
        {
            if (response.StatusCode == HttpStatusCode.TemporaryRedirect)
            {
                var target = response.Headers.Location!;
                response.Dispose();
                using var request = new HttpRequestMessage(HttpMethod.Get, target);
                response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            }
            await ThrowIfRefusedAsync(response, path, stop);
            return await response.Content.ReadAsStreamAsync(stop);
        }
        catch (StorageException e) when (e.Message.StartsWith("Offset=", StringComparison.Ordinal))
        {
            response.Dispose();
            return Stream.Null;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task CreateAsync(
        string path, CreateOptions options, Func<Stream, CancellationToken, Task> write,
        CancellationToken stop = default)
    {
        var parameters = new StringBuilder();
        if (options.BlockSizeBytes is { } blockSize)
            parameters.Append(CultureInfo.InvariantCulture, $"&blocksize={blockSize}");
        parameters.Append(options.Overwrite ? "&overwrite=true" : "&overwrite=false");
        if (options.Replication is { } replication)
            parameters.Append(CultureInfo.InvariantCulture, $"&replication={replication}");
        await WriteAsync(HttpMethod.Put, path, "CREATE", parameters.ToString(), write, stop);
    }

    public Task AppendAsync(
        string path, Func<Stream, CancellationToken, Task> write, CancellationToken stop = default) =>
        WriteAsync(HttpMethod.Post, path, "APPEND", "", write, stop);

    public async Task<bool> SetReplicationAsync(string path, int replication, CancellationToken stop = default) =>
        (await AskAsync(HttpMethod.Put, path, "SETREPLICATION", $"&replication={replication}",
            WebHdfsJson.Default.BooleanAnswer, stop)).Boolean;

    public Task SetPermissionAsync(string path, string permission, CancellationToken stop = default) =>
        OrderAsync(path, "SETPERMISSION", $"&permission={permission}", stop);

    public Task SetOwnerAsync(string path, string? owner, string? group, CancellationToken stop = default) =>
        OrderAsync(path, "SETOWNER", (owner is null ? "" : $"&owner={Uri.EscapeDataString(owner)}") +
            (group is null ? "" : $"&group={Uri.EscapeDataString(group)}"), stop);

    public async Task<FileChecksum?> ChecksumAsync(string path, CancellationToken stop = default)
    {
        using var redirect = await SendAsync(HttpMethod.Get, path, "GETFILECHECKSUM", "", stop);
        await ThrowIfRefusedAsync(redirect, path, stop);
        using var response = await _http.GetAsync(redirect.Headers.Location, stop);
        await ThrowIfRefusedAsync(response, path, stop);
        var sum = JsonSerializer.Deserialize(
            await response.Content.ReadAsByteArrayAsync(stop), WebHdfsJson.Default.FileChecksumAnswer)!.FileChecksum;
        return new FileChecksum(sum.Algorithm, sum.Bytes[..(2 * sum.Length)]);
    }

    public async Task<DiskUsage> UsageAsync(CancellationToken stop = default)
    {
        var status = (await AskAsync(HttpMethod.Get, StoragePath.Root, "GETSTATUS", "",
            WebHdfsJson.Default.FsStatusAnswer, stop)).FsStatus;
        return new DiskUsage(status.Capacity, status.Used, status.Remaining);
    }

    /// <summary>What the store says outside of WebHDFS, such as <c>/fsck?path=…</c>.</summary>
    public async Task<string> PageAsync(string page, CancellationToken stop = default)
    {
        using var response = await _http.GetAsync(new Uri(server, page), stop);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(stop)
            : throw new StorageException($"the store at {server} answered {(int)response.StatusCode} for {page}");
    }

    public async Task<bool> MakeDirectoriesAsync(string path, CancellationToken stop = default) =>
        (await AskAsync(HttpMethod.Put, path, "MKDIRS", "", WebHdfsJson.Default.BooleanAnswer, stop)).Boolean;

    public async Task<bool> RenameAsync(string path, string destination, CancellationToken stop = default) =>
        (await AskAsync(HttpMethod.Put, path, "RENAME", $"&destination={Uri.EscapeDataString(destination)}",
            WebHdfsJson.Default.BooleanAnswer, stop)).Boolean;

    public async Task<bool> DeleteAsync(string path, bool recursive, CancellationToken stop = default) =>
        (await AskAsync(HttpMethod.Delete, path, "DELETE", recursive ? "&recursive=true" : "&recursive=false",
            WebHdfsJson.Default.BooleanAnswer, stop)).Boolean;

    public async Task<ContentSummary> SummarizeAsync(string path, CancellationToken stop = default)
    {
        var s = (await AskAsync(HttpMethod.Get, path, "GETCONTENTSUMMARY", "",
            WebHdfsJson.Default.ContentSummaryAnswer, stop)).ContentSummary;
        return new ContentSummary(s.DirectoryCount, s.FileCount, s.Length, s.SpaceConsumed, s.Quota, s.SpaceQuota);
    }

    public async Task<IReadOnlyList<BlockLocation>> LocateAsync(
        string path, long offset, long length, CancellationToken stop = default)
    {
        var range = $"&offset={offset}&length={length}";
        try
        {
            var answer = await AskAsync(HttpMethod.Get, path, "GETFILEBLOCKLOCATIONS", range,
                WebHdfsJson.Default.BlockLocationsAnswer, stop);
            return [.. answer.BlockLocations.BlockLocation
                .Select(b => new BlockLocation(b.Offset, b.Length, b.Hosts))];
        }
        catch (StorageException e) when (e.RemoteException == "IllegalArgumentException")
        {
            // Hadoop before 2.9 has only the older, private operation.
            var answer = await AskAsync(HttpMethod.Get, path, "GET_BLOCK_LOCATIONS", range,
                WebHdfsJson.Default.LocatedBlocksAnswer, stop);
            return [.. answer.LocatedBlocks.LocatedBlocks.Select(b =>
                new BlockLocation(b.StartOffset, b.Block.NumBytes, [.. b.Locations.Select(l => l.HostName)]))];
        }
    }

    /// <summary>Cuts a file. False if it will only be done in a while.</summary>
    public async Task<bool> TruncateAsync(string path, long length, CancellationToken stop = default) =>
        (await AskAsync(HttpMethod.Post, path, "TRUNCATE", $"&newlength={length}", WebHdfsJson.Default.BooleanAnswer, stop)).Boolean;

    /// <summary>Moves what files of the same directory hold to the end of another; they vanish.</summary>
    public Task ConcatAsync(string path, IEnumerable<string> sources, CancellationToken stop = default) =>
        OrderAsync(path, "CONCAT", $"&sources={Uri.EscapeDataString(string.Join(',', sources))}", stop, HttpMethod.Post);

    /// <param name="value">As <see cref="WireAttribute"/> has it, or plain text.</param>
    public Task SetAttributeAsync(string path, string name, string value, CancellationToken stop = default) =>
        OrderAsync(path, "SETXATTR", $"&xattr.name={Uri.EscapeDataString(name)}&xattr.value={Uri.EscapeDataString(value)}" +
            "&flag=CREATE,REPLACE", stop);

    public Task RemoveAttributeAsync(string path, string name, CancellationToken stop = default) =>
        OrderAsync(path, "REMOVEXATTR", $"&xattr.name={Uri.EscapeDataString(name)}", stop);

    /// <param name="name">Null for all there are.</param>
    /// <param name="encoding">Of the values: <c>text</c>, <c>hex</c> or <c>base64</c>.</param>
    public async Task<IReadOnlyList<WireAttribute>> AttributesAsync(
        string path, string? name, string encoding, CancellationToken stop = default) =>
        (await AskAsync(HttpMethod.Get, path, "GETXATTRS", $"&encoding={encoding}" +
            (name is null ? "" : $"&xattr.name={Uri.EscapeDataString(name)}"), WebHdfsJson.Default.AttributesAnswer, stop)).XAttrs;

    /// <summary>Sets what is not null; -1 lifts it.</summary>
    /// <param name="names">How many files and directories there may be, itself too.</param>
    /// <param name="bytes">How many bytes, with all copies.</param>
    public Task SetQuotaAsync(string path, long? names, long? bytes, CancellationToken stop = default) =>
        OrderAsync(path, "SETQUOTA", (names is null ? "" : $"&namespacequota={names}") +
            (bytes is null ? "" : $"&storagespacequota={bytes}"), stop);

    private async Task OrderAsync(
        string path, string operation, string parameters, CancellationToken stop, HttpMethod? method = null)
    {
        using var response = await SendAsync(method ?? HttpMethod.Put, path, operation, parameters, stop);
        await ThrowIfRefusedAsync(response, path, stop);
    }

    private async Task WriteAsync(HttpMethod method, string path, string operation, string parameters,
        Func<Stream, CancellationToken, Task> write, CancellationToken stop)
    {
        using var redirect = await SendAsync(method, path, operation, parameters, stop);
        await ThrowIfRefusedAsync(redirect, path, stop);
        if (redirect.Headers.Location is not { } target)
            throw new StorageException($"the store at {server} did not say where to write {path}");
        using var body = new WrittenContent(write);
        using var request = new HttpRequestMessage(method, target) { Content = body };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            await ThrowIfRefusedAsync(response, path, stop);
        }
        catch (HttpRequestException) when (body.Failure is not null)
        {
            throw body.Failure;
        }
    }

    private async Task<T> AskAsync<T>(HttpMethod method, string path, string operation, string parameters,
        JsonTypeInfo<T> shape, CancellationToken stop)
    {
        using var response = await SendAsync(method, path, operation, parameters, stop);
        await ThrowIfRefusedAsync(response, path, stop);
        var body = await response.Content.ReadAsByteArrayAsync(stop);
        return JsonSerializer.Deserialize(body, shape)
            ?? throw new StorageException($"the store at {server} answered {operation} {path} with nothing");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string operation, string parameters, CancellationToken stop)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var address = new Uri(server,
            $"/webhdfs/v1{escaped}?op={operation}&user.name={Uri.EscapeDataString(user)}{parameters}");
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, address);
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            }
            // Refused, it has not been heard, so saying it again does no harm.
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError &&
                TimeProvider.System.GetElapsedTime(start) < patience)
            {
                await Task.Delay(RetryDelay, TimeProvider.System, stop);
            }
        }
    }

    private async Task ThrowIfRefusedAsync(HttpResponseMessage response, string path, CancellationToken stop)
    {
        if ((int)response.StatusCode < 400)
            return;
        var body = await response.Content.ReadAsByteArrayAsync(stop);
        WireRemoteException? refusal = null;
        try
        {
            refusal = JsonSerializer.Deserialize(body, WebHdfsJson.Default.RemoteExceptionAnswer)?.RemoteException;
        }
        catch (JsonException)
        {
            // Not a WebHDFS answer (a proxy's page, say): the status code has to do.
        }
        var message = refusal?.Message ?? $"the store at {server} answered {(int)response.StatusCode} for {path}";
        if (response.StatusCode == HttpStatusCode.NotFound)
            throw new FileNotFoundException(message, path);
        throw new StorageException(message, refusal?.Exception ?? "IOException");
    }

    private static FileStatus FromWire(WireFileStatus s, string path) => new(
        path, s.Type == "DIRECTORY", s.Length, s.BlockSize, s.Replication,
        DateTimeOffset.FromUnixTimeMilliseconds(s.ModificationTime),
        DateTimeOffset.FromUnixTimeMilliseconds(s.AccessTime), s.Permission, s.Owner, s.Group);

    /// <summary>A request body of unknown length, written by a callback. A failure of it aborts the request.</summary>
    private sealed class WrittenContent(Func<Stream, CancellationToken, Task> write) : HttpContent
    {
        public Exception? Failure { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            try
            {
                await write(stream, cancellationToken);
            }
            catch (Exception e)
            {
                Failure = e;
                throw;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
