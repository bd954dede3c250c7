using System.CommandLine;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agora.Workloads.Isolation;

/// <summary>
/// A small web service, as wikis are: each page is made of its article's markup anew when it is asked for, and compressed.
/// </summary>
internal static class PageService
{
    public const string CommandName = "page-service";

    /// <summary>What it prints once it serves.</summary>
    public const string Ready = "ready";

    /// <summary>Of 11: smaller than most servers make what they send once, at the price of some milliseconds.</summary>
    private const int Quality = 9, Window = 22;

    public static Command Create()
    {
        var port = new Argument<int>("port");
        var command = new Command(CommandName, "Serve wiki pages, for 'isolation'") { port };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(port), cancellation));
        return command;
    }

    private static async Task RunAsync(int port, CancellationToken cancellation)
    {
        var articles = Enumerable.Range(0, WikiPage.Count).Select(WikiPage.Article).ToArray();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var app = builder.Build();
        app.MapGet("/wiki/{number:int}", async (int number, HttpResponse response) =>
        {
            response.ContentType = "text/html; charset=utf-8";
            response.Headers.ContentEncoding = "br";
            await response.Body.WriteAsync(Compress(WikiPage.Html(articles[number])));
        });
        await app.StartAsync(cancellation);
        Console.WriteLine(Ready);
        await app.WaitForShutdownAsync(cancellation);
    }

    private static ReadOnlyMemory<byte> Compress(string page)
    {
        var bytes = Encoding.UTF8.GetBytes(page);
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        return BrotliEncoder.TryCompress(bytes, compressed, out var length, Quality, Window) ? compressed.AsMemory(0, length)
            : throw new InvalidOperationException("a page does not fit its greatest length");
    }
}
