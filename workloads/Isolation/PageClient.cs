using System.CommandLine;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Agora.Workloads.Isolation;

/// <summary>
/// A reader of the <see cref="PageService"/>: asks for a page each tenth of a second, or as soon as it has the one before, and
/// prints how many milliseconds each took. A process of its own, so that it can be given a priority above all that it measures.
/// </summary>
internal static class PageClient
{
    public const string CommandName = "page-client";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Not counted: the client's own code is being compiled meanwhile.</summary>
    private const int First = 2;

    public static Command Create()
    {
        var port = new Argument<int>("port");
        var requests = new Argument<int>("requests");
        var seconds = new Argument<double>("seconds") { Description = "After this no other request is made" };
        var command = new Command(CommandName, "Ask for wiki pages, for 'isolation'") { port, requests, seconds };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => CheckedAsync(
            parsed.GetValue(port), parsed.GetValue(requests), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
        return command;
    }

    private static Task<int> CheckedAsync(int port, int requests, TimeSpan time, CancellationToken cancellation) =>
        Reports.Experiments.CheckedAsync(() => AskAsync(port, requests, time, cancellation));

    private static async Task AskAsync(int port, int requests, TimeSpan time, CancellationToken cancellation)
    {
        var pages = Enumerable.Range(0, WikiPage.Count).Select(n => WikiPage.Html(WikiPage.Article(n))).ToArray();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Timeout.InfiniteTimeSpan };
        for (var i = 0; i < First; i++)
            await http.GetByteArrayAsync(new Uri("/wiki/0", UriKind.Relative), cancellation);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < requests && clock.Elapsed < time; i++)
        {
            if (Interval * i - clock.Elapsed is { Ticks: > 0 } early)
                await Task.Delay(early, cancellation);
            var number = i % WikiPage.Count;
            var asked = Stopwatch.GetTimestamp();
            var answer = await http.GetByteArrayAsync(new Uri($"/wiki/{number}", UriKind.Relative), cancellation);
            Console.WriteLine($"{Stopwatch.GetElapsedTime(asked).TotalMilliseconds:0.000}");
            if (Expand(answer) != pages[number])
                throw new WrongOutputException($"page {number} is not as it should be");
        }
    }

    private static string Expand(byte[] page)
    {
        using var brotli = new BrotliStream(new MemoryStream(page), CompressionMode.Decompress);
        using var reader = new StreamReader(brotli, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
