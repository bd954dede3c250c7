using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Agora.Daemon.Files;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class FileServerTests : IAsyncLifetime
{
    private const string Root = "files/sandbox/f-1/t-1/";

    private readonly TemporaryDirectory _directory = new();
    private FileServerOptions _options = null!;
    private LocalServer _server = null!;
    private volatile bool _live;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _directory.MakeDirectory("sandbox");
        _options = new FileServerOptions
        {
            Resolve = path => path switch
            {
                "sandbox/f-1/t-1" => new FileLocation(_directory["sandbox"], ""),
                _ when path.StartsWith("sandbox/f-1/t-1/", StringComparison.Ordinal) =>
                    new FileLocation(_directory["sandbox"], path["sandbox/f-1/t-1/".Length..]),
                "sandbox/gone/x" => new FileLocation(_directory["nowhere"], "x"),
                _ => null,
            },
            IsLive = _ => _live,
            Authorize = (context, _) => context.Request.Headers.Authorization != "Bearer wrong",
            FollowPollMin = TimeSpan.FromMilliseconds(1),
            PathLengthMax = 200,
            FollowersMax = 2,
        };
        _server = await LocalServer.Start(app => app.MapFiles(_options));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    private void Write(string name, string content) => _directory.Write("sandbox/" + name, content);

    private Task<string> Get(string path) =>
        _server.Client.GetStringAsync(new Uri(Root + path, UriKind.Relative), Token);

    private async Task<HttpResponseMessage> Send(string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        change?.Invoke(request);
        return await _server.Client.SendAsync(request, Token);
    }

    private async Task<(HttpStatusCode, string)> Range(string range)
    {
        using var response = await Send(Root + "f", r => r.Headers.TryAddWithoutValidation("Range", range));
        return (response.StatusCode, response.IsSuccessStatusCode
            ? await response.Content.ReadAsStringAsync(Token)
            : response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task A_file_comes_whole_with_its_headers()
    {
        var content = new byte[300_001];
        new Random(2).NextBytes(content);
        await File.WriteAllBytesAsync(_directory["sandbox/data"], content, Token);
        using var response = await Send(Root + "data");
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(300_001, response.Content.Headers.ContentLength);
        Assert.NotNull(response.Content.Headers.LastModified);
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public async Task Head_tells_the_length_and_sends_nothing()
    {
        Write("stdout", "hello");
        using var response = await Send(Root + "stdout", r => r.Method = HttpMethod.Head);
        Assert.Equal(5, response.Content.Headers.ContentLength);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("bytes=0-3", HttpStatusCode.PartialContent, "0123")]
    [InlineData("bytes=7-", HttpStatusCode.PartialContent, "789")]
    [InlineData("bytes=7-100", HttpStatusCode.PartialContent, "789")]
    [InlineData("bytes=-2", HttpStatusCode.PartialContent, "89")]
    [InlineData("bytes=-100", HttpStatusCode.PartialContent, "0123456789")]
    [InlineData("bytes=10-", HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */10")]
    [InlineData("bytes=-0", HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */10")]
    [InlineData("bytes=0-1,3-4", HttpStatusCode.OK, "0123456789")]
    [InlineData("bytes=5-2", HttpStatusCode.OK, "0123456789")]
    [InlineData("lines=0-1", HttpStatusCode.OK, "0123456789")]
    public async Task One_range_is_served_and_what_is_not_understood_gives_the_file(string range,
        HttpStatusCode status, string content)
    {
        Write("f", "0123456789");
        Assert.Equal((status, content), await Range(range));
    }

    [Fact]
    public async Task A_range_of_a_file_that_has_changed_gives_the_new_file()
    {
        Write("f", "old content");
        using var first = await Send(Root + "f");
        void Resume(HttpRequestMessage request)
        {
            request.Headers.Range = new RangeHeaderValue(4, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(first.Headers.ETag!);
        }
        using var same = await Send(Root + "f", Resume);
        Assert.Equal("content", await same.Content.ReadAsStringAsync(Token));
        using var unchanged = await Send(Root + "f", r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        Write("f", "new and longer content");
        using var changed = await Send(Root + "f", Resume);
        Assert.Equal("new and longer content", await changed.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("?offset=4", "456789")]
    [InlineData("?offset=4&length=2", "45")]
    [InlineData("?length=3", "012")]
    [InlineData("?offset=-3", "789")]
    [InlineData("?offset=-30&length=1", "0")]
    [InlineData("?offset=10", "")]
    public async Task A_part_can_be_asked_for_by_offset_and_length(string query, string expected)
    {
        Write("f", "0123456789");
        Assert.Equal(expected, await Get("f" + query));
    }

    [Theory]
    [InlineData("?offset=11")]
    [InlineData("?offset=x")]
    [InlineData("?length=-1")]
    public async Task A_part_that_is_not_there_is_refused(string query)
    {
        Write("f", "0123456789");
        using var response = await Send(Root + "f" + query);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Contains("error", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_listed_by_name_with_kinds_and_sizes()
    {
        Write("b", "12345");
        Write("a/inner", "1");
        File.CreateSymbolicLink(_directory["sandbox/c"], "/etc");
        using var listing = JsonDocument.Parse(await Get("?list"));
        Assert.Equal("a:directory:0 b:file:5 c:other:0",
            string.Join(' ', listing.RootElement.GetProperty("entries").EnumerateArray()
            .Select(e => $"{e.GetProperty("name")}:{e.GetProperty("kind")}:{e.GetProperty("size")}")));
        Assert.False(listing.RootElement.GetProperty("truncated").GetBoolean());
        using var inner = JsonDocument.Parse(await Get("a/?list"));
        Assert.Equal("inner", inner.RootElement.GetProperty("entries")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_directory_without_list_and_a_file_with_it_are_refused()
    {
        Write("f", "");
        using var directory = await Send(Root);
        using var file = await Send(Root + "f?list");
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (directory.StatusCode, file.StatusCode));
    }

    [Fact]
    public async Task Following_sends_what_comes_until_the_container_has_ended()
    {
        Write("stdout", "one\n");
        _live = true;
        using var response = await _server.Client.GetAsync(new Uri(Root + "stdout?follow=true", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        Assert.Equal("one", await reader.ReadLineAsync(Token));
        await File.AppendAllTextAsync(_directory["sandbox/stdout"], "two\n", Token);
        Assert.Equal("two", await reader.ReadLineAsync(Token));

        // Rotation: the old file's rest, then the new file.
        await File.AppendAllTextAsync(_directory["sandbox/stdout"], "three\n", Token);
        File.Move(_directory["sandbox/stdout"], _directory["sandbox/stdout.1"]);
        Write("stdout", "four\n");
        Assert.Equal("three", await reader.ReadLineAsync(Token));
        Assert.Equal("four", await reader.ReadLineAsync(Token));

        await File.AppendAllTextAsync(_directory["sandbox/stdout"], "last\n", Token);
        _live = false;
        Assert.Equal("last\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Following_starts_where_it_is_asked_to_and_has_a_limit()
    {
        Write("stdout", "0123456789");
        Assert.Equal("6789", await Get("stdout?follow=true&offset=6"));
        _live = true;
        var path = new Uri(Root + "stdout?follow=true", UriKind.Relative);
        using var first = await _server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
        using var second = await _server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
        using var third = await _server.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        _live = false;
    }

    [Fact]
    public async Task A_request_that_is_not_authorized_learns_nothing()
    {
        using var response = await Send(Root + "f", r =>
            r.Headers.TryAddWithoutValidation("Authorization", "Bearer wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/files/sandbox/f-1/t-1/../../../../secret")]
    [InlineData("/files/sandbox/f-1/t-1/%2e%2e/secret")]
    [InlineData("/files/sandbox/f-1/t-1/..%2fsecret")]
    [InlineData("/files/sandbox/f-1/t-1/%2e%2e%2fsecret")]
    [InlineData("/files/sandbox/f-1/t-1/%252e%252e/secret")]
    [InlineData("/files/sandbox/f-1/t-1/..%5csecret")]
    [InlineData("/files/sandbox/f-1/t-1//secret")]
    [InlineData("/files/sandbox/f-1/t-1/%00secret")]
    [InlineData("/files/sandbox/f-1/t-1/f%00")]
    [InlineData("/files//etc/passwd")]
    [InlineData("/files/%2fetc/passwd")]
    [InlineData("/files/sandbox/f-1/t-1/out/secret")]
    [InlineData("/files/sandbox/f-1/t-1/absolute/secret")]
    [InlineData("/files/sandbox/f-1/t-1/linked")]
    [InlineData("/files/sandbox/f-1/t-1/through/../secret")]
    [InlineData("/files/sandbox/f-1/t-1/self/cwd/secret")]
    [InlineData("/files/sandbox/gone/x")]
    [InlineData("/files/other")]
    [InlineData("/files")]
    public async Task No_path_leads_out_of_a_root(string target)
    {
        _directory.Write("secret", "SECRET");
        Write("f", "");
        File.CreateSymbolicLink(_directory["sandbox/out"], "..");
        File.CreateSymbolicLink(_directory["sandbox/absolute"], _directory.Path);
        File.CreateSymbolicLink(_directory["sandbox/linked"], "../secret");
        File.CreateSymbolicLink(_directory["sandbox/through"], ".");
        File.CreateSymbolicLink(_directory["sandbox/self"], "/proc/self");
        var answer = await _server.Raw(target);
        Assert.Contains(answer[..12], new[] { "HTTP/1.1 400", "HTTP/1.1 404" });
        Assert.DoesNotContain("SECRET", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_stays_in_the_root_is_followed()
    {
        Write("a/f", "content");
        File.CreateSymbolicLink(_directory["sandbox/latest"], "a/f");
        Assert.Equal("content", await Get("latest"));
    }

    [Fact]
    public async Task An_overlong_path_is_refused_with_a_reason() =>
        Assert.Contains("longer than 200", await _server.Raw("/" + Root + new string('x', 200)),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_strange_name_is_served_as_it_is()
    {
        Write("a b+c%41&ü", "strange");
        Assert.Equal("strange", await Get(Uri.EscapeDataString("a b+c%41&ü")));
    }

    /// <summary>Whatever a request's path is made of, it gives one of the two files inside or an error.</summary>
    [Fact]
    public async Task Random_paths_never_lead_out()
    {
        _directory.Write("secret", "SECRET");
        Write("secret", "inside");
        Write("a/secret", "inside");
        File.CreateSymbolicLink(_directory["sandbox/up"], "..");
        File.CreateSymbolicLink(_directory["sandbox/a/root"], "../..");
        File.CreateSymbolicLink(_directory["sandbox/dot"], ".");
        string[] pieces = ["..", ".", "/", "//", "%2e", "%2E%2e", "%2f", "%5c", "\\", "secret", "a", "up", "root",
            "dot", "%00", "", "%25", "%c0%ae", "...", ";", "?list", "etc", "passwd"];
        const int seed = 20110330, rounds = 400;
        var random = new Random(seed);
        var found = 0;
        for (var round = 0; round < rounds; round++)
        {
            var target = new StringBuilder("/" + Root);
            for (var i = random.Next(1, 9); i > 0; i--)
                target.Append(pieces[random.Next(pieces.Length)]).Append(random.Next(2) == 0 ? "/" : "");
            var answer = await _server.Raw(target.ToString());
            Assert.False(answer.Contains("SECRET", StringComparison.Ordinal) ||
                answer.Contains("root:", StringComparison.Ordinal), $"{target}: {answer}");
            found += answer.Contains("inside", StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.NotEqual(0, found); // Or the paths would all have been nonsense.
    }
}
