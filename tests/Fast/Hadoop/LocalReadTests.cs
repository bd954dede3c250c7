using System.Net;
using Agora.Hadoop.Store;
using Agora.Storage;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>Blocks that are read from their files on the store's machine, and what is done when that cannot be.</summary>
public sealed class LocalReadTests : IAsyncLifetime
{
    /// <summary>A whole chunk of 64 KiB and a part of one.</summary>
    private const int BlockBytes = 100_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("agora-store").FullName, "store");
    private readonly byte[] _bytes = new byte[(5 * BlockBytes) + 12_345];
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        new Random(1).NextBytes(_bytes);
        _host = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);
    }

    [Fact]
    public async Task A_block_that_has_been_opened_is_read_to_its_end_without_the_store()
    {
        using var store = Reader(null);
        // Far more than sockets hold, in one block.
        var large = new byte[20 << 20];
        await store.CreateAsync("/large", new CreateOptions(BlockSizeBytes: large.Length), (s, stop) => s.WriteAsync(large, stop).AsTask(), Stop);
        await using var stream = await store.OpenAsync("/large", stop: Stop);
        await _host.DisposeAsync();
        Assert.Equal(large, await ToEndAsync(stream));
        _host = await StartAsync();
    }

    /// <param name="node">Of the blocks, all, every other one or none are there.</param>
    [Theory]
    [InlineData(null)]
    [InlineData("node1")]
    [InlineData("elsewhere")]
    public async Task Any_range_is_read_right_in_pieces_of_any_size(string? node)
    {
        using var store = Reader(node);
        await WriteAsync(store);
        var places = Gen.OneOf(Gen.Int[0, _bytes.Length + 10], Gen.Select(Gen.Int[0, 6], Gen.Int[-2, 2],
            (block, near) => Math.Max(0, (block * BlockBytes) + near)));
        await Gen.Select(places, places, Gen.Int[1, 300_000], Gen.Bool).SampleAsync(async (offset, length, step, sync) =>
        {
            await using var stream = await store.OpenAsync("/f", offset, length, Stop);
            var (read, piece) = (new MemoryStream(), new byte[step]);
            while ((sync ? stream.Read(piece) : await stream.ReadAsync(piece, Stop)) is var got and > 0)
                read.Write(piece, 0, got);
            var expected = _bytes.AsSpan(Math.Min(offset, _bytes.Length)..Math.Min(offset + length, _bytes.Length));
            return expected.SequenceEqual(read.ToArray());
        }, iter: 60, threads: 1);
        await using var all = await store.OpenAsync("/f", stop: Stop);
        Assert.Equal(_bytes, await ToEndAsync(all));
    }

    [Fact]
    public async Task A_copy_that_is_damaged_too_short_or_gone_is_made_good_by_the_stores_other_one()
    {
        using var store = Reader("node1");
        await WriteAsync(store, copies: 2);
        var copies = Directory.GetFiles(Path.Combine(_root, "node1", "blocks")).Order().ToList();
        var damaged = await File.ReadAllBytesAsync(copies[0], Stop);
        // In its second chunk, so that a part of it has been handed out before.
        damaged[70_000] ^= 1;
        await File.WriteAllBytesAsync(copies[0], damaged, Stop);
        await File.WriteAllBytesAsync(copies[1], damaged[..1000], Stop);
        File.Delete(copies[2]);
        await using var stream = await store.OpenAsync("/f", stop: Stop);
        Assert.Equal(_bytes, await ToEndAsync(stream));
    }

    [Fact]
    public async Task Nothing_is_made_up_when_the_only_copy_is_damaged()
    {
        using var store = Reader(null);
        await WriteAsync(store);
        foreach (var copy in Directory.GetFiles(_root, "blk_*", SearchOption.AllDirectories))
            await File.WriteAllBytesAsync(copy, new byte[BlockBytes], Stop);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using var stream = await store.OpenAsync("/f", stop: Stop);
            await ToEndAsync(stream);
        });
    }

    [Fact]
    public async Task Who_may_not_read_a_file_is_not_told_where_it_lies_nor_could_open_it()
    {
        using var store = Reader(null);
        await WriteAsync(store);
        await store.SetPermissionAsync("/f", "600", Stop);
        using var bob = new WebHdfs(_host.Address, "bob");
        Assert.Equal("AccessControlException", (await Assert.ThrowsAsync<StorageException>(() => bob.OpenAsync("/f", stop: Stop))).RemoteException);
        using var http = new HttpClient();
        using var answer = await http.GetAsync($"{_host.Address}webhdfs/v1/f?op=GET_LOCAL_BLOCK&user.name=bob", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain(_root, await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            new DirectoryInfo(_root).UnixFileMode);
    }

    [Fact]
    public async Task A_store_that_does_not_know_the_operation_is_asked_once_and_read_as_ever()
    {
        var asked = new List<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var hdfs = builder.Build();
        hdfs.Urls.Add("http://127.0.0.1:0");
        hdfs.Run(async context =>
        {
            var operation = context.Request.Query["op"].ToString();
            asked.Add(operation);
            if (operation == "OPEN")
            {
                await context.Response.Body.WriteAsync("some text"u8.ToArray());
                return;
            }
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync("""{"RemoteException":{"exception":"IllegalArgumentException","message":"no such op"}}""");
        });
        await hdfs.StartAsync(Stop);
        using var store = new WebHdfs(new Uri(hdfs.Urls.First()), "root");
        for (var time = 0; time < 2; time++)
        {
            await using var stream = await store.OpenAsync("/f", stop: Stop);
            Assert.Equal("some text"u8.ToArray(), await ToEndAsync(stream));
        }
        Assert.Equal(["GET_LOCAL_BLOCK", "OPEN", "OPEN"], asked);
    }

    private Task<StoreHost> StartAsync() => StoreHost.StartAsync(
        new StoreOptions(_root, ["node1", "node2"]) { BlockSizeBytes = BlockBytes, Superuser = "root" }, 0, TimeProvider.System);

    private WebHdfs Reader(string? node) => new(_host.Address, "root", node: node);

    private Task WriteAsync(WebHdfs store, int copies = 1) => store.CreateAsync("/f", new CreateOptions(Replication: copies),
        (s, stop) => s.WriteAsync(_bytes, stop).AsTask(), Stop);

    private static async Task<byte[]> ToEndAsync(Stream stream)
    {
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Stop);
        return memory.ToArray();
    }
}
