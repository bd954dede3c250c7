using System.Net;
using System.Text;
using Agora.Hadoop.Store;
using Agora.Storage;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class StoreTests : IAsyncLifetime
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string _root = Directory.CreateTempSubdirectory("agora-store").FullName;
    private StoreHost _host = null!;
    private WebHdfs _store = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StoreHost.StartAsync(
            new StoreOptions(_root, ["node1", "node2", "node3"]) { BlockSizeBytes = 1000, Replication = 2, Superuser = "root" }, 0, TimeProvider.System);
        _store = new WebHdfs(_host.Address, "root");
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task What_is_written_is_read_back_whole_and_in_parts()
    {
        var bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        await WriteAsync("/a/b/f 1%é.bin", bytes);
        Assert.Equal(bytes, await ReadAsync("/a/b/f 1%é.bin", 0, null));
        await Gen.Select(Gen.Int[0, 210_000], Gen.Int[0, 5000]).SampleAsync(async (offset, length) =>
            (await ReadAsync("/a/b/f 1%é.bin", offset, length)).AsSpan()
                .SequenceEqual(bytes.AsSpan(Math.Min(offset, bytes.Length)..Math.Min(offset + length, bytes.Length))), iter: 50);
    }

    [Fact]
    public async Task The_blocks_of_a_file_lie_on_different_nodes_and_so_do_their_copies()
    {
        await WriteAsync("/f", new byte[3500]);
        var blocks = await _store.LocateAsync("/f", 0, 3500, Stop);
        Assert.Equal([(0L, 1000L), (1000, 1000), (2000, 1000), (3000, 500)], blocks.Select(b => (b.Offset, b.Length)));
        Assert.All(blocks, b => Assert.Equal(2, b.Hosts.Distinct().Count()));
        Assert.Equal(3, blocks.Take(3).Select(b => string.Join(',', b.Hosts)).Distinct().Count());
        Assert.Equal([(2000L, 1000L)], (await _store.LocateAsync("/f", 2100, 10, Stop)).Select(b => (b.Offset, b.Length)));
    }

    [Fact]
    public async Task A_damaged_copy_is_passed_over()
    {
        await WriteAsync("/f", Encoding.ASCII.GetBytes("some text"));
        var copies = Copies();
        await File.WriteAllTextAsync(copies[0], "same text", Stop);
        Assert.Equal("some text", Encoding.ASCII.GetString(await ReadAsync("/f", 0, null)));
    }

    /// <remarks>All at once, before a read has found the first: from a whole copy the others would be made good.</remarks>
    [Fact]
    public async Task With_no_whole_copy_left_a_read_fails()
    {
        await WriteAsync("/f", Encoding.ASCII.GetBytes("some text"));
        foreach (var copy in Copies())
            await File.WriteAllTextAsync(copy, "same text", Stop);
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync("/f", 0, null));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_neither_a_file_nor_blocks()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _store.CreateAsync("/f", new CreateOptions(), async (s, stop) =>
        {
            await s.WriteAsync(new byte[5000], stop);
            await s.FlushAsync(stop);
            throw new InvalidOperationException("no more");
        }, Stop));
        Assert.Null(await _store.StatAsync("/f", Stop));
    }

    [Fact]
    public async Task Deleting_and_replacing_files_removes_their_blocks()
    {
        await WriteAsync("/d/f", new byte[100]);
        await WriteAsync("/d/f", new byte[2500], overwrite: true);
        Assert.Equal(3 * 2, Directory.GetFiles(_root, "blk_*", SearchOption.AllDirectories).Length);
        Assert.True(await _store.DeleteAsync("/d", recursive: true, Stop));
        Assert.Empty(Directory.GetFiles(_root, "blk_*", SearchOption.AllDirectories));
        Assert.False(await _store.DeleteAsync("/d", recursive: true, Stop));
    }

    [Fact]
    public async Task Renames_say_whether_they_were_done()
    {
        await WriteAsync("/d/f", [1]);
        Assert.False(await _store.RenameAsync("/d/nope", "/d/x", Stop));
        Assert.False(await _store.RenameAsync("/d/f", "/no/parent", Stop));
        Assert.True(await _store.MakeDirectoriesAsync("/e", Stop));
        Assert.True(await _store.RenameAsync("/d/f", "/e", Stop));
        Assert.Equal("/e/f", Assert.Single(await _store.ListAsync("/e", Stop)).Path);
        Assert.False(await _store.RenameAsync("/e", "/e/inside", Stop));
        Assert.False(await _store.RenameAsync("/d", "/e/f", Stop));
    }

    [Fact]
    public async Task The_namespace_and_its_files_outlive_the_store_and_strays_do_not()
    {
        await WriteAsync("/d/f", [1, 2, 3]);
        var stray = Path.Combine(_root, "node1", "blocks", "blk_999");
        await File.WriteAllTextAsync(stray, "half written", Stop);
        await _host.DisposeAsync();
        _host = await StoreHost.StartAsync(new StoreOptions(_root, ["node1", "node2", "node3"]) { Superuser = "root" }, 0, TimeProvider.System);
        using var again = new WebHdfs(_host.Address, "root");
        Assert.Equal(3, (await again.StatAsync("/d/f", Stop))!.Length);
        Assert.False(File.Exists(stray));
    }

    [Fact]
    public async Task A_node_that_takes_no_block_gives_its_place_to_another_and_none_that_does_refuses_the_file()
    {
        Directory.Delete(Path.Combine(_root, "node1"), recursive: true);
        // Blocks begin with each node in turn.
        await WriteAsync("/f", new byte[2500]);
        Assert.All(await _store.LocateAsync("/f", 0, 2500, Stop), b => Assert.Equal(["node2", "node3"], b.Hosts.Order()));
        Directory.Delete(Path.Combine(_root, "node2"), recursive: true);
        Directory.Delete(Path.Combine(_root, "node3"), recursive: true);
        var refused = await Assert.ThrowsAsync<StorageException>(() => WriteAsync("/g", new byte[2500]));
        Assert.StartsWith("File /g could only be replicated to 0 nodes, instead of 1 (node", refused.Message, StringComparison.Ordinal);
        Assert.Null(await _store.StatAsync("/g", Stop));
    }

    [Theory]
    [InlineData("/q?op=GETQUOTAUSAGE", """{"QuotaUsage":{"fileAndDirectoryCount":2,"quota":-1,"spaceConsumed":20,"spaceQuota":-1}}""")]
    [InlineData("/tmp?op=GETACLSTATUS",
        """{"AclStatus":{"entries":[],"group":"supergroup","owner":"root","permission":"1777","stickyBit":true}}""")]
    [InlineData("/q/f?op=LISTXATTRS", """{"XAttrNames":"[]"}""")]
    public async Task What_newer_clients_ask_of_a_path_that_has_no_quota_list_or_attribute_is_answered(string target, string answer)
    {
        await WriteAsync("/q/f", new byte[10]);
        using var http = new HttpClient();
        Assert.Equal(answer, await http.GetStringAsync($"{_host.Address}webhdfs/v1{target}", Stop));
    }

    [Theory]
    [InlineData("GET", "/nope?op=GETFILESTATUS", 404, "FileNotFoundException", "File does not exist: /nope")]
    [InlineData("GET", "/nope?op=LISTSTATUS", 404, "FileNotFoundException", "File /nope does not exist.")]
    [InlineData("GET", "/nope?OP=open", 404, "FileNotFoundException", "File /nope not found.")]
    [InlineData("GET", "/?op=FOO", 400, "IllegalArgumentException",
        "Invalid value for webhdfs parameter \\\"op\\\": No enum constant org.apache.hadoop.hdfs.web.resources.GetOpParam.Op.FOO")]
    [InlineData("PUT", "/?op=OPEN", 400, "IllegalArgumentException",
        "Invalid value for webhdfs parameter \\\"op\\\": No enum constant org.apache.hadoop.hdfs.web.resources.PutOpParam.Op.OPEN")]
    [InlineData("GET", "/", 400, "UnsupportedOperationException", "op=NULL is not supported")]
    [InlineData("PUT", "/x?op=RENAME&destination=rel", 400, "IllegalArgumentException",
        "Invalid value for webhdfs parameter \\\"destination\\\": Invalid parameter value: destination = \\\"rel\\\" is not an absolute path.")]
    [InlineData("PUT", "/x?op=MKDIRS&permission=999", 400, "IllegalArgumentException",
        "Invalid value for webhdfs parameter \\\"permission\\\": Failed to parse \\\"999\\\" as a radix-8 short integer.")]
    public async Task Refusals_have_Hadoops_shape_and_words(string method, string target, int status, string exception, string message)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{_host.Address}webhdfs/v1{target}");
        using var response = await http.SendAsync(request, Stop);
        Assert.Equal(status, (int)response.StatusCode);
        var package = exception == "FileNotFoundException" ? "java.io" : "java.lang";
        Assert.Equal($"{{\"RemoteException\":{{\"exception\":\"{exception}\",\"javaClassName\":\"{package}.{exception}\"," +
            $"\"message\":\"{message}\"}}}}", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Data_operations_are_redirected_and_lists_look_as_Hadoops_do()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var redirect = await http.PutAsync($"{_host.Address}webhdfs/v1/w/f?op=CREATE&user.name=root&permission=600", null, Stop);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, redirect.StatusCode);
        Assert.StartsWith("?op=CREATE&user.name=root&overwrite=false&permission=600", redirect.Headers.Location!.Query, StringComparison.Ordinal);
        using var created = await http.PutAsync(redirect.Headers.Location, new ByteArrayContent([65, 66]), Stop);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var list = await http.GetStringAsync($"{_host.Address}webhdfs/v1/w?op=LISTSTATUS", Stop);
        Assert.Matches("^\\{\"FileStatuses\":\\{\"FileStatus\":\\[\n\\{\"accessTime\":\\d+,\"blockSize\":1000,\"group\":\"supergroup\"," +
            "\"length\":2,\"modificationTime\":\\d+,\"owner\":\"root\",\"pathSuffix\":\"f\",\"permission\":\"600\",\"replication\":2," +
            "\"type\":\"FILE\"\\}\n\\]\\}\\}\n$", list);
    }

    [Fact]
    public async Task Patterns_name_files_as_Hadoop_globs_do()
    {
        foreach (var path in new[] { "/g/a1.txt", "/g/a2.txt", "/g/b1.txt", "/g/sub/a3.txt", "/g/x,y.txt" })
            await WriteAsync(path, []);
        Assert.Equal("/g/a1.txt /g/a2.txt", await NamesAsync("/g/a*"));
        Assert.Equal("/g/a1.txt /g/b1.txt", await NamesAsync("/g/?1.txt"));
        Assert.Equal("/g/a1.txt /g/b1.txt", await NamesAsync("/g/{a1,b1}.txt"));
        Assert.Equal("/g/b1.txt", await NamesAsync("/g/[^a]1.txt"));
        Assert.Equal("/g/sub/a3.txt", await NamesAsync("/*/s*/*"));
        Assert.Equal("", await NamesAsync("/g/none*"));
    }

    [Fact]
    public async Task A_checksum_is_the_one_real_HDFS_computes_also_of_a_file_that_was_appended_to()
    {
        await WriteAsync("/f", Encoding.ASCII.GetBytes("hello\nworld\n"));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var redirect = await http.PostAsync($"{_host.Address}webhdfs/v1/f?op=APPEND&user.name=root", null, Stop);
        using var appended = await http.PostAsync(redirect.Headers.Location, new StringContent("hello\nworld\n"), Stop);
        Assert.Equal(HttpStatusCode.OK, appended.StatusCode);
        using var following = new HttpClient();
        // Recorded from Hadoop 1.0.3.
        Assert.Equal("{\"FileChecksum\":{\"algorithm\":\"MD5-of-0MD5-of-512CRC32\",\"bytes\":" +
            "\"0000020000000000000000002bae0f30620c8a220d91b35b4f0fa35a00000000\",\"length\":28}}",
            await following.GetStringAsync($"{_host.Address}webhdfs/v1/f?op=GETFILECHECKSUM", Stop));
    }

    [Theory]
    [InlineData("PUT", "/rootonly/x?op=MKDIRS&user.name=bob", "user=bob, access=WRITE, inode=\\\"\\\":root:supergroup:rwxr-xr-x")]
    [InlineData("PUT", "/rootonly/x?op=MKDIRS", "user=webuser, access=WRITE, inode=\\\"\\\":root:supergroup:rwxr-xr-x")]
    [InlineData("DELETE", "/secret?op=DELETE&user.name=bob", "user=bob, access=WRITE, inode=\\\"\\\":root:supergroup:rwxr-xr-x")]
    [InlineData("GET", "/secret?op=LISTSTATUS", "user=webuser, access=READ_EXECUTE, inode=\\\"secret\\\":root:supergroup:rwx------")]
    [InlineData("GET", "/secret/f?op=GETFILESTATUS&user.name=bob", "user=bob, access=EXECUTE, inode=\\\"secret\\\":root:supergroup:rwx------")]
    public async Task What_a_user_may_not_do_is_refused_in_Hadoops_words(string method, string target, string message)
    {
        await WriteAsync("/secret/f", [1]);
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false });
        using var hidden = await http.PutAsync($"{_host.Address}webhdfs/v1/secret?op=SETPERMISSION&permission=700&user.name=root", null, Stop);
        Assert.Equal(HttpStatusCode.OK, hidden.StatusCode);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{_host.Address}webhdfs/v1{target}");
        using var response = await http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("{\"RemoteException\":{\"exception\":\"AccessControlException\",\"javaClassName\":" +
            $"\"org.apache.hadoop.security.AccessControlException\",\"message\":\"Permission denied: {message}\"}}}}",
            await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Any_user_may_make_a_home_and_only_its_owner_may_remove_it()
    {
        using var bob = new WebHdfs(_host.Address, "bob");
        using var ann = new WebHdfs(_host.Address, "ann");
        await bob.CreateAsync("/user/bob/f", new CreateOptions(), (s, stop) => s.WriteAsync(new byte[1], stop).AsTask(), Stop);
        Assert.Equal("bob", (await ann.StatAsync("/user/bob", Stop))!.Owner);
        await Assert.ThrowsAsync<StorageException>(() => ann.DeleteAsync("/user/bob", recursive: true, Stop));
        await Assert.ThrowsAsync<StorageException>(() => ann.RenameAsync("/user/bob", "/tmp/bob", Stop));
        Assert.True(await bob.DeleteAsync("/user/bob", recursive: true, Stop));
    }

    [Fact]
    public async Task The_cookie_of_a_user_who_named_himself_names_him_again()
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false });
        using var named = await http.GetAsync($"{_host.Address}webhdfs/v1/?op=GETHOMEDIRECTORY&user.name=bob", Stop);
        var cookie = Assert.Single(named.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.Equal("{\"Path\":\"/user/bob\"}", await HomeAsync(cookie));
        Assert.Equal("{\"Path\":\"/user/webuser\"}", await HomeAsync(cookie.Replace("u=bob", "u=root", StringComparison.Ordinal)));

        async Task<string> HomeAsync(string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{_host.Address}webhdfs/v1/?op=GETHOMEDIRECTORY");
            request.Headers.Add("Cookie", value);
            using var response = await http.SendAsync(request, Stop);
            return await response.Content.ReadAsStringAsync(Stop);
        }
    }

    private List<string> Copies() => [.. Directory.GetFiles(_root, "blk_*", SearchOption.AllDirectories).Order()];

    private async Task<string> NamesAsync(string pattern) =>
        string.Join(' ', (await PathPattern.ExpandAsync(_store, pattern, Stop)).Select(f => f.Path));

    private Task WriteAsync(string path, byte[] bytes, bool overwrite = false) =>
        _store.CreateAsync(path, new CreateOptions(overwrite), (s, stop) => s.WriteAsync(bytes, stop).AsTask(), Stop);

    private async Task<byte[]> ReadAsync(string path, long offset, long? length)
    {
        await using var stream = await _store.OpenAsync(path, offset, length, Stop);
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Stop);
        return memory.ToArray();
    }
}
