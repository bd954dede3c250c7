using Agora.Daemon.Fetching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class FetcherTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _sandbox;

    public FetcherTests() => _sandbox = _directory.MakeDirectory("sandbox");

    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FetcherOptions Options => new() { CacheDirectory = _directory["cache"] };

    private async Task Fetch(params Artifact[] artifacts)
    {
        using var fetcher = new Fetcher(Options);
        await fetcher.Fetch(artifacts, _sandbox, Token);
    }

    private async Task<string> Refusal(Artifact artifact, FetcherOptions? options = null)
    {
        using var fetcher = new Fetcher(options ?? Options);
        return (await Assert.ThrowsAsync<FetchException>(() => fetcher.Fetch([artifact], _sandbox, Token))).Message;
    }

    private string Fetched(string name) => File.ReadAllText(Path.Combine(_sandbox, name));

    [Fact]
    public async Task A_local_file_is_copied_under_its_own_name_or_the_one_given()
    {
        var source = _directory.Write("data/words.txt", "alpha beta");
        await Fetch(new Artifact(source), new Artifact("file://" + source, FileName: "again"));
        Assert.Equal("alpha beta", Fetched("words.txt"));
        Assert.Equal("alpha beta", Fetched("again"));
    }

    [Fact]
    public async Task An_executable_artifact_can_be_run_and_others_cannot()
    {
        var source = _directory.Write("tool", "#!/bin/sh");
        await Fetch(new Artifact(source, Executable: true), new Artifact(source, FileName: "plain"));
        Assert.True(TemporaryDirectory.IsExecutable(Path.Combine(_sandbox, "tool")));
        Assert.False(TemporaryDirectory.IsExecutable(Path.Combine(_sandbox, "plain")));
    }

    [Fact]
    public async Task A_later_artifact_replaces_an_earlier_one_of_the_same_name()
    {
        await Fetch(new Artifact(_directory.Write("a/f", "first")), new Artifact(_directory.Write("b/f", "second")));
        Assert.Equal("second", Fetched("f"));
    }

    [Theory]
    [InlineData("relative/path", null, "not an address")]
    [InlineData("ftp://host/f", null, "'ftp' is not supported")]
    [InlineData("file://elsewhere/f", null, "on the agent itself")]
    [InlineData("http://host/", null, "without a file name")]
    [InlineData("http://host/..%2Fetc", null, "is no name for a file")]
    [InlineData("/etc/hostname", "../out", "is no name for a file")]
    [InlineData("/etc/hostname", "a/b", "is no name for a file")]
    [InlineData("/etc/hostname", "..", "is no name for a file")]
    [InlineData("/etc/hostname", "stdout", "the command's output goes to")]
    [InlineData("/no/such/file", null, "No such file or directory")]
    [InlineData("/etc", null, "is a directory")]
    [InlineData("/dev/null", null, "no plain file")]
    public async Task What_cannot_be_fetched_is_refused_with_the_reason(string uri, string? name, string why) =>
        Assert.Contains(why, await Refusal(new Artifact(uri, FileName: name)), StringComparison.Ordinal);

    [Fact]
    public async Task An_artifact_comes_by_http_unchanged()
    {
        var content = new byte[1_000_003];
        new Random(1).NextBytes(content);
        await using var server = await LocalServer.Start(app => app.MapGet("/big.bin", () => Results.Bytes(content)));
        await Fetch(new Artifact($"{server.Address}big.bin"));
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(_sandbox, "big.bin"), Token));
    }

    [Fact]
    public async Task An_http_answer_other_than_ok_is_told_by_its_number_and_without_the_password()
    {
        await using var server = await LocalServer.Start(app => app.MapGet("/gone.txt", () => Results.StatusCode(410)));
        var message = await Refusal(new Artifact($"http://me:secret@127.0.0.1:{server.Address.Port}/gone.txt"));
        Assert.Contains("the server answered 410 Gone", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told() =>
        Assert.Contains("Connection refused", await Refusal(new Artifact("http://127.0.0.1:1/f")),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_stops_sending_is_given_up()
    {
        await using var server = await LocalServer.Start(app => app.MapGet("/slow", async (HttpContext context) =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("some", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        var options = Options with { IdleTimeout = TimeSpan.FromMilliseconds(50) };
        var message = await Refusal(new Artifact($"{server.Address}slow"), options);
        Assert.Contains("sent nothing for 0.05 s", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_beyond_the_limit_is_refused_by_its_announced_and_by_its_real_length()
    {
        await using var server = await LocalServer.Start(app =>
        {
            app.MapGet("/announced", () => Results.Bytes(new byte[101]));
            app.MapGet("/unannounced", async (HttpContext context) =>
            {
                for (var i = 0; i < 101; i++)
                    await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
            });
        });
        var options = Options with { ArtifactBytesMax = 100 };
        Assert.Contains("larger than 100 bytes", await Refusal(new Artifact($"{server.Address}announced"), options),
            StringComparison.Ordinal);
        Assert.Contains("larger than 100 bytes", await Refusal(new Artifact($"{server.Address}unannounced"), options),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetches_of_one_cached_address_at_the_same_time_are_one_download()
    {
        var requests = 0;
        var go = new TaskCompletionSource();
        await using var server = await LocalServer.Start(app => app.MapGet("/jar", async () =>
        {
            Interlocked.Increment(ref requests);
            await go.Task;
            return Results.Text("classes");
        }));
        using var fetcher = new Fetcher(Options);
        var fetches = Enumerable.Range(0, 20).Select(i => fetcher.Fetch(
            [new Artifact($"{server.Address}jar", Cache: true)], _directory.MakeDirectory($"s{i}"), Token)).ToList();
        go.SetResult();
        await Task.WhenAll(fetches);
        await Fetch(new Artifact($"{server.Address}jar", Cache: true)); // Another fetcher finds it on disk.
        Assert.Equal(1, requests);
        Assert.Equal("classes", await File.ReadAllTextAsync(_directory["s19/jar"], Token));
        Assert.Equal("classes", Fetched("jar"));
    }

    [Fact]
    public async Task A_failed_download_is_not_remembered()
    {
        var fail = true;
        await using var server = await LocalServer.Start(app =>
            app.MapGet("/f", () => fail ? Results.StatusCode(503) : Results.Text("here")));
        var artifact = new Artifact($"{server.Address}f", Cache: true);
        Assert.Contains("503", await Refusal(artifact), StringComparison.Ordinal);
        fail = false;
        await Fetch(artifact);
        Assert.Equal("here", Fetched("f"));
    }

    [Fact]
    public async Task The_cache_drops_the_least_recently_used()
    {
        var requests = new List<string>();
        await using var server = await LocalServer.Start(app => app.MapGet("/{name}", (string name) =>
        {
            requests.Add(name);
            return Results.Bytes(new byte[40]);
        }));
        using var fetcher = new Fetcher(Options with { CacheBytesMax = 100 });
        async Task Get(string name) =>
            await fetcher.Fetch([new Artifact($"{server.Address}{name}", Cache: true)], _sandbox, Token);
        await Get("a");
        await Get("b");
        await Get("a");
        await Get("c"); // 120 bytes would be too many: b goes.
        await Get("a");
        await Get("b");
        Assert.Equal(["a", "b", "c", "b"], requests);
        Assert.Equal(80, fetcher.CachedBytes);
    }
}
