using System.Net;
using Agora.Tests.Fast.Daemon;
using Agora.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Agora.Tests.Fast.Web;

/// <summary>Who asks too often over real HTTP.</summary>
public sealed class RequestRatesTests
{
    private const string Principal = "principal", Address = "from", Wrong = "wrong";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A server that lets a request say where it comes from, and shows a credential that is wrong if it says so.</summary>
    private static Task<LocalServer> Serve(RequestRates rates) => LocalServer.Start(app => app.Run(async context =>
    {
        var query = context.Request.Query;
        if (query[Address].ToString() is { Length: > 0 } from)
            context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        if (query[Wrong].ToString() is { Length: > 0 } named)
        {
            if (rates.MayShow(context, named))
            {
                rates.CountWrong(context, named);
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            }
            else
            {
                await rates.RefuseWrongAsync(context);
            }
        }
        else if (await rates.AdmitAsync(context, query[Principal]))
            await context.Response.WriteAsync("fine");
    }));

    private static async Task<HttpStatusCode> Ask(LocalServer server, string query = "")
    {
        using var answer = await server.Client.GetAsync($"/?{query}", Cancellation);
        if (answer.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            Assert.Contains("try again in a second", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
        return answer.StatusCode;
    }

    private static async Task Exhaust(LocalServer server, string query = "")
    {
        while (await Ask(server, query) is var status && status != HttpStatusCode.TooManyRequests)
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"{status}");
    }

    [Fact]
    public async Task An_address_that_asks_too_often_is_told_to_wait_and_is_let_in_again()
    {
        using var rates = new RequestRates(1);
        await using var server = await Serve(rates);
        // As many as two seconds bring may come at once.
        Assert.Equal(HttpStatusCode.OK, await Ask(server));
        Assert.Equal(HttpStatusCode.OK, await Ask(server));
        await Exhaust(server);
        while (await Ask(server) == HttpStatusCode.TooManyRequests)
            Cancellation.ThrowIfCancellationRequested();
    }

    [Theory]
    [InlineData("from=10.0.0.1", "from=10.0.0.2", false)]
    [InlineData("from=10.0.0.1", "from=10.0.0.1&principal=alice", false)]
    [InlineData("from=10.0.0.1", "from=::ffff:10.0.0.1", true)]
    // Whoever has a network of version 6 has all its addresses.
    [InlineData("from=2001:db8::1", "from=2001:db8::ffff:1", true)]
    [InlineData("from=2001:db8::1", "from=2001:db8:0:1::1", false)]
    public async Task Each_network_and_each_principal_there_counts_for_itself(string one, string other, bool isSame)
    {
        using var rates = new RequestRates(1);
        await using var server = await Serve(rates);
        await Exhaust(server, one);
        // A second may end in between and let one in; who is another has two.
        var answers = new[] { await Ask(server, other), await Ask(server, other) };
        Assert.Equal(isSame, answers.Contains(HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Wrong_credentials_are_told_to_wait_whatever_the_rate_of_requests()
    {
        using var rates = new RequestRates(0);
        await using var server = await Serve(rates);
        for (var i = 0; i < 2 * RequestRates.WrongPerSecond; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask(server, "wrong=alice"));
        await Exhaust(server, "wrong=alice");
        while (await Ask(server, "wrong=alice") == HttpStatusCode.TooManyRequests)
            Cancellation.ThrowIfCancellationRequested();
        // Once filled again it holds a part of one more, which is not enough to be looked at.
        await Exhaust(server, "wrong=alice");
        Assert.Equal(HttpStatusCode.TooManyRequests, await Ask(server, "wrong=alice"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(server, "wrong=bob"));
        Assert.Equal(HttpStatusCode.OK, await Ask(server));
    }
}
