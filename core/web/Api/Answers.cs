using System.Text.Json;

namespace Agora.Web.Api;

/// <summary>How requests are answered: JSON, made whole before it is sent.</summary>
internal static class Answers
{
    public static Task Json(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            write(json);
        return Send(context, "application/json", buffer.ToArray());
    }

    public static Task Send(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>For an answer without an end of its own: ends with the one who asked, and before the server does.</summary>
    public static CancellationTokenSource UntilStopping(this HttpContext context) => CancellationTokenSource.CreateLinkedTokenSource(
        context.RequestAborted, context.RequestServices.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().ApplicationStopping);

    /// <param name="why">For people.</param>
    public static Task Refuse(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("error", why);
            json.WriteEndObject();
        });
    }

    /// <summary>Has what the leading master tells; another master sends those who ask to the one that leads.</summary>
    public static RequestDelegate ByLeader(IClusterSource source, LiveFeed feed, Func<HttpContext, Readings, Task> answer) => async context =>
    {
        try
        {
            if (feed.Readings is { } readings)
                await answer(context, readings);
            else
                await SendToLeader(context, source);
        }
        catch (TimeoutException)
        {
            await Refuse(context, StatusCodes.Status503ServiceUnavailable, "the master does not answer; try again in a moment");
        }
        catch (OperationCanceledException)
        {
            // Whoever asked has gone, or the server ends.
        }
    };

    public static async Task SendToLeader(HttpContext context, IClusterSource source)
    {
        if (await source.FindLeaderAsync(context.RequestAborted) is { } leader)
        {
            var (request, response) = (context.Request, context.Response);
            response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            response.Headers.Location = new Uri(leader, request.Path.ToUriComponent() + request.QueryString.ToUriComponent()).ToString();
            return;
        }
        context.Response.Headers.RetryAfter = "1";
        await Refuse(context, StatusCodes.Status503ServiceUnavailable, "no master leads just now; try again in a moment");
    }
}
