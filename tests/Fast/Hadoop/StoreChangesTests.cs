using System.Text.Json;
using Agora.Hadoop.Store;
using Agora.Storage;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>Cutting and joining files, extended attributes, quotas and delegation tokens.</summary>
public sealed class StoreChangesTests : IAsyncLifetime
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string _root = Directory.CreateTempSubdirectory("agora-store").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly HttpClient _http = new(new HttpClientHandler { UseCookies = false });
    private StoreHost _host = null!;
    private WebHdfs _store = null!;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        _http.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_truncated_file_is_the_beginning_of_what_it_was_and_no_other_block_is_left()
    {
        await Gen.Select(Gen.Int[0, 4000], Gen.Int[0, 4000], Gen.Int[0, 1500]).SampleAsync(async (size, cut, more) =>
        {
            var bytes = Bytes(size);
            var length = Math.Min(size, cut);
            await WriteAsync("/t", bytes);
            Assert.Equal("""{"boolean":true}""", await OrderAsync("POST", $"/t?op=TRUNCATE&newlength={length}"));
            await _store.AppendAsync("/t", (s, stop) => s.WriteAsync(bytes.AsMemory(0, Math.Min(more, size)), stop).AsTask(), Stop);
            byte[] expected = [.. bytes[..length], .. bytes[..Math.Min(more, size)]];
            Assert.Equal(expected.Length, (await _store.StatAsync("/t", Stop))!.Length);
            Assert.Equal(expected, await ReadAsync("/t"));
            var blocks = await _store.LocateAsync("/t", 0, long.MaxValue, Stop);
            Assert.Equal(blocks.Sum(b => b.Hosts.Count), Copies().Length);
        }, iter: 20, threads: 1);
    }

    [Theory]
    [InlineData("/t?op=TRUNCATE", "Required param newlength for op: TRUNCATE is null or empty")]
    [InlineData("/t?op=TRUNCATE&newlength=11", "Cannot truncate to a larger file size. Current size: 10, truncate size: 11.")]
    [InlineData("/d?op=TRUNCATE&newlength=0", "Path is not a file: /d")]
    [InlineData("/nope?op=TRUNCATE&newlength=0", "File does not exist: /nope")]
    [InlineData("/t?op=CONCAT", "Required param sources for op: CONCAT is null or empty")]
    [InlineData("/t?op=CONCAT&sources=/nope", "File does not exist: /nope")]
    [InlineData("/t?op=CONCAT&sources=/t", "concat: the src file /t is the same with the target file /t")]
    [InlineData("/t?op=CONCAT&sources=/d/f", "Source file /d/f is not in the same directory with the target /t")]
    [InlineData("/t?op=CONCAT&sources=/u,/u", "concat: at least two of the source files are the same")]
    [InlineData("/t?op=CONCAT&sources=/empty", "concat: source file /empty is invalid or empty or underConstruction")]
    public async Task What_cannot_be_cut_or_joined_is_refused_and_stays(string target, string message)
    {
        foreach (var path in new[] { "/t", "/u", "/d/f" })
            await WriteAsync(path, Bytes(10));
        await WriteAsync("/empty", []);
        Assert.Equal(message, await RefusalAsync("POST", target));
        Assert.Equal(Bytes(10), await ReadAsync("/t"));
        Assert.NotNull(await _store.StatAsync("/u", Stop));
    }

    [Fact]
    public async Task Joined_files_follow_each_other_in_the_target_and_vanish_also_over_a_restart()
    {
        await WriteAsync("/c/t", Bytes(1500));
        await WriteAsync("/c/2", Bytes(2500));
        await WriteAsync("/c/1", Bytes(7));
        Assert.Equal("", await OrderAsync("POST", "/c/t?op=CONCAT&sources=/c/2,/c/1"));
        await RestartAsync();
        Assert.Equal(Bytes(1500).Concat(Bytes(2500)).Concat(Bytes(7)), await ReadAsync("/c/t"));
        Assert.Equal("/c/t", Assert.Single(await _store.ListAsync("/c", Stop)).Path);
        // Blocks in the middle are shorter than others now.
        await OrderAsync("POST", "/c/t?op=TRUNCATE&newlength=1600");
        Assert.Equal(Bytes(1500).Concat(Bytes(2500).Take(100)), await ReadAsync("/c/t"));
        Assert.Equal(2 * 3, Copies().Length);
    }

    [Fact]
    public async Task Extended_attributes_are_kept_and_go_with_their_file()
    {
        await WriteAsync("/x", Bytes(1));
        await OrderAsync("PUT", "/x?op=SETXATTR&xattr.name=user.a&xattr.value=" + Uri.EscapeDataString("\"é 1\"") + "&flag=CREATE");
        await OrderAsync("PUT", "/x?op=SETXATTR&xattr.name=user.b&xattr.value=0x00ff&flag=CREATE,REPLACE");
        await OrderAsync("PUT", "/x?op=SETXATTR&xattr.name=trusted.c&xattr.value=0sAQI%3D");
        await RestartAsync();
        await _store.RenameAsync("/x", "/y", Stop);
        Assert.Equal("""{"XAttrNames":"[\"trusted.c\",\"user.a\",\"user.b\"]"}""", await OrderAsync("GET", "/y?op=LISTXATTRS"));
        Assert.Equal("""{"XAttrs":[{"name":"user.a","value":"\"é 1\""}]}""",
            await OrderAsync("GET", "/y?op=GETXATTRS&xattr.name=user.a&encoding=text"));
        Assert.Equal("""{"XAttrs":[{"name":"trusted.c","value":"0x0102"},{"name":"user.b","value":"0x00ff"}]}""",
            await OrderAsync("GET", "/y?op=GETXATTRS&xattr.name=user.b&xattr.name=trusted.c&encoding=HEX"));
        Assert.Equal("""{"XAttrs":[{"name":"user.b","value":"0sAP8="}]}""",
            await OrderAsync("GET", "/y?op=GETXATTRS&xattr.name=user.b&encoding=base64"));
        // Other users do not see those of the superuser.
        Assert.Equal("""{"XAttrNames":"[\"user.a\",\"user.b\"]"}""", await OrderAsync("GET", "/y?op=LISTXATTRS", "bob"));
        await OrderAsync("PUT", "/y?op=REMOVEXATTR&xattr.name=user.a");
        Assert.Equal("No matching attributes found for remove operation", await RefusalAsync("PUT", "/y?op=REMOVEXATTR&xattr.name=user.a"));
        await _store.DeleteAsync("/y", recursive: false, Stop);
        await WriteAsync("/y", Bytes(1));
        Assert.Equal("""{"XAttrs":[]}""", await OrderAsync("GET", "/y?op=GETXATTRS"));
    }

    [Theory]
    [InlineData("PUT", "SETXATTR&xattr.name=a", "An XAttr name must be prefixed with user/trusted/security/system/raw, followed by a '.'")]
    [InlineData("PUT", "SETXATTR&xattr.name=user.", "XAttr name cannot be empty.")]
    [InlineData("PUT", "SETXATTR&xattr.name=security.a", "User doesn't have permission for xattr: security.a")]
    [InlineData("PUT", "SETXATTR&xattr.name=user.there&flag=CREATE", "XAttr: user.there already exists. The REPLACE flag must be specified.")]
    [InlineData("PUT", "SETXATTR&xattr.name=user.new&flag=REPLACE", "XAttr: user.new does not exist. The CREATE flag must be specified.")]
    [InlineData("GET", "GETXATTRS&xattr.name=user.new", "At least one of the attributes provided was not found.")]
    public async Task Attributes_that_may_not_be_are_refused(string method, string operation, string message)
    {
        await WriteAsync("/x", Bytes(1));
        await OrderAsync("PUT", "/x?op=SETXATTR&xattr.name=user.there&xattr.value=1");
        Assert.Equal(message, await RefusalAsync(method, $"/x?op={operation}"));
    }

    [Fact]
    public async Task A_directory_holds_no_more_names_than_its_quota()
    {
        await WriteAsync("/q/a", Bytes(1));
        await WriteAsync("/b", Bytes(1));
        await _store.SetQuotaAsync("/q", 3, null, Stop);
        await WriteAsync("/q/c", Bytes(1));
        const string refused = "The NameSpace quota (directories and files) of directory /q is exceeded: quota=3 file count=";
        await RefusedAsync(() => WriteAsync("/q/d", Bytes(1)), refused + "4");
        await RefusedAsync(() => _store.MakeDirectoriesAsync("/q/e/f", Stop), refused + "5");
        await RefusedAsync(() => _store.RenameAsync("/b", "/q", Stop), refused + "4");
        // What is there already may be changed and moved about.
        await WriteAsync("/q/c", Bytes(5), overwrite: true);
        Assert.True(await _store.RenameAsync("/q/c", "/q/d", Stop));
        Assert.Equal(("/q/a /q/d", "/b"), (await NamesAsync("/q"), (await _store.StatAsync("/b", Stop))!.Path));
        await RestartAsync();
        Assert.Equal("""{"QuotaUsage":{"fileAndDirectoryCount":3,"quota":3,"spaceConsumed":12,"spaceQuota":-1}}""",
            await OrderAsync("GET", "/q?op=GETQUOTAUSAGE"));
        await _store.SetQuotaAsync("/q", -1, null, Stop);
        Assert.True(await _store.MakeDirectoriesAsync("/q/e/f", Stop));
    }

    [Fact]
    public async Task A_directory_holds_no_more_bytes_than_its_quota_counting_all_copies()
    {
        await WriteAsync("/q/a", Bytes(1000));
        await WriteAsync("/big", Bytes(5000));
        await _store.SetQuotaAsync("/q", null, 4096, Stop);
        var copies = Copies().Length;
        const string refused = "The DiskSpace quota of /q is exceeded: quota = 4096 B = 4 KB but diskspace consumed = ";
        await RefusedAsync(() => WriteAsync("/q/sub/b", Bytes(1100)), refused + "4200 B = 4.10 KB");
        await RefusedAsync(() => _store.AppendAsync("/q/a", (s, stop) => s.WriteAsync(Bytes(1100), stop).AsTask(), Stop), refused + "4200 B = 4.10 KB");
        await RefusedAsync(() => _store.RenameAsync("/big", "/q", Stop), refused + "12000 B = 11.72 KB");
        await RefusedAsync(() => _store.SetReplicationAsync("/q/a", 5, Stop), refused + "5000 B = 4.88 KB");
        Assert.Equal((copies, "/q/a"), (Copies().Length, await NamesAsync("/q")));
        Assert.Equal(2, (await _store.StatAsync("/q/a", Stop))!.Replication);
        await WriteAsync("/q/b", Bytes(1048));
        Assert.Equal(4096, (await _store.SummarizeAsync("/q", Stop)).SpaceConsumedBytes);
        // Below a quota that was made smaller, files can still be cut and removed.
        await _store.SetQuotaAsync("/q", null, 100, Stop);
        Assert.True(await _store.TruncateAsync("/q/b", 1010, Stop));
        Assert.True(await _store.DeleteAsync("/q/a", recursive: false, Stop));
    }

    [Fact]
    public async Task Much_more_than_a_quota_is_refused_before_it_is_all_written()
    {
        await _store.MakeDirectoriesAsync("/q", Stop);
        await _store.SetQuotaAsync("/q", null, 4000, Stop);
        await RefusedAsync(() => WriteAsync("/q/f", Bytes(50_000)), "The DiskSpace quota of /q is exceeded: quota = 4000 B = 3.91 KB " +
            "but diskspace consumed = 6000 B = 5.86 KB");
        Assert.Empty(Copies());
    }

    [Theory]
    [InlineData("/q?op=SETQUOTA&namespacequota=5", "bob", "Access denied for user bob. Superuser privilege is required")]
    [InlineData("/q?op=SETQUOTA&namespacequota=0", "root", "Illegal value for nsQuota or dsQuota : 0 and 9223372036854775807")]
    [InlineData("/q/f?op=SETQUOTA&namespacequota=5", "root", "Directory does not exist: /q/f")]
    public async Task Quotas_are_set_on_directories_by_the_superuser(string target, string user, string message)
    {
        await WriteAsync("/q/f", Bytes(1));
        Assert.Equal(message, await RefusalAsync("PUT", target, user));
    }

    [Fact]
    public async Task A_delegation_token_stands_for_its_owner_until_it_is_cancelled_or_out_of_date()
    {
        var token = await TokenAsync("bob", "ann");
        Assert.Equal("""{"Path":"/user/bob"}""", await OrderAsync("GET", $"/?op=GETHOMEDIRECTORY&delegation={token}", user: null));
        using var redirect = await _http.PutAsync($"{_host.Address}webhdfs/v1/user/bob/f?op=CREATE&noredirect=true&delegation={token}", null, Stop);
        var location = JsonDocument.Parse(await redirect.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("Location").GetString();
        using var created = await _http.PutAsync(location, new StringContent("1"), Stop);
        Assert.Equal("bob", (await _store.StatAsync("/user/bob/f", Stop))!.Owner);
        // It is known to the next run of the store too.
        await RestartAsync();
        _time.Advance(TimeSpan.FromHours(20));
        Assert.Equal("bob tries to renew a token with non-matching renewer ann", await RefusalAsync("PUT", $"/?op=RENEWDELEGATIONTOKEN&token={token}", "bob"));
        Assert.Equal($$"""{"long":{{_time.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds()}}}""",
            await OrderAsync("PUT", $"/?op=RENEWDELEGATIONTOKEN&token={token}", "ann"));
        Assert.Equal("eve is not authorized to cancel the token", await RefusalAsync("PUT", $"/?op=CANCELDELEGATIONTOKEN&token={token}", "eve"));
        await OrderAsync("PUT", $"/?op=CANCELDELEGATIONTOKEN&token={token}", "bob");
        const string unknown = "Failed to obtain user group information: org.apache.hadoop.security.token.SecretManager$InvalidToken: token can't be found in cache";
        Assert.Equal(unknown, await RefusalAsync("GET", $"/?op=GETHOMEDIRECTORY&delegation={token}", user: null));
        var other = await TokenAsync("bob", "ann");
        _time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(unknown, await RefusalAsync("GET", $"/?op=GETHOMEDIRECTORY&delegation={other}", user: null));
    }

    private async Task StartAsync()
    {
        _host = await StoreHost.StartAsync(new StoreOptions(_root, ["node1", "node2", "node3"])
        {
            BlockSizeBytes = 1000,
            Replication = 2,
            Superuser = "root",
        }, 0, _time);
        _store = new WebHdfs(_host.Address, "root");
    }

    private async Task RestartAsync()
    {
        _store.Dispose();
        await _host.DisposeAsync();
        await StartAsync();
    }

    private async Task<string> TokenAsync(string owner, string renewer) =>
        JsonDocument.Parse(await OrderAsync("GET", $"/?op=GETDELEGATIONTOKEN&renewer={renewer}", owner))
            .RootElement.GetProperty("Token").GetProperty("urlString").GetString()!;

    private async Task<(bool Done, string Body)> SendAsync(string method, string target, string? user)
    {
        var name = user is null ? "" : $"&user.name={user}";
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{_host.Address}webhdfs/v1{target}{name}");
        using var response = await _http.SendAsync(request, Stop);
        return (response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<string> OrderAsync(string method, string target, string? user = "root")
    {
        var (done, body) = await SendAsync(method, target, user);
        Assert.True(done, body);
        return body;
    }

    private async Task<string> RefusalAsync(string method, string target, string? user = "root")
    {
        var (done, body) = await SendAsync(method, target, user);
        Assert.False(done, body);
        return JsonDocument.Parse(body).RootElement.GetProperty("RemoteException").GetProperty("message").GetString()!;
    }

    private static async Task RefusedAsync(Func<Task> act, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<StorageException>(act)).Message);

    private async Task<string> NamesAsync(string directory) =>
        string.Join(' ', (await _store.ListAsync(directory, Stop)).Select(f => f.Path));

    private string[] Copies() => Directory.GetFiles(_root, "blk_*", SearchOption.AllDirectories);

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private Task WriteAsync(string path, byte[] bytes, bool overwrite = true) =>
        _store.CreateAsync(path, new CreateOptions(overwrite), (s, stop) => s.WriteAsync(bytes, stop).AsTask(), Stop);

    private async Task<byte[]> ReadAsync(string path)
    {
        await using var stream = await _store.OpenAsync(path, stop: Stop);
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Stop);
        return memory.ToArray();
    }
}
