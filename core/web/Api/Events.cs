namespace Agora.Web.Api;

/// <summary>
/// <c>/api/v1/events</c>: server-sent events, <c>state</c> with the document of <c>/api/v1/state</c> each second, as long as
/// this master leads.
/// </summary>
internal static class Events
{
    private static readonly byte[] Head = "event: state\ndata: "u8.ToArray(), End = "\n\n"u8.ToArray();

    public static async Task Follow(HttpContext context, LiveFeed feed, Readings readings)
    {
        if (!feed.TryEnter())
        {
            await Answers.Refuse(context, StatusCodes.Status503ServiceUnavailable,
                $"{LiveFeed.WatchersMax} pages follow the cluster already; try later, or read /api/v1/state");
            return;
        }
        using var over = context.UntilStopping();
        try
        {
            context.Response.ContentType = "text/event-stream";
            await Send(context, StateJson.Bytes(await readings.OverviewAsync()));
            while (ReferenceEquals(feed.Readings, readings))
                await Send(context, await feed.NextAsync(over.Token));
        }
        finally
        {
            feed.Leave();
        }
    }

    private static async Task Send(HttpContext context, byte[] state)
    {
        var body = context.Response.Body;
        await body.WriteAsync(Head, context.RequestAborted);
        await body.WriteAsync(state, context.RequestAborted);
        await body.WriteAsync(End, context.RequestAborted);
        await body.FlushAsync(context.RequestAborted);
    }
}
