namespace Agora.Web.Api;

/// <summary>
/// For who watches over the process: <c>/health</c> is 200 while it answers (a leader's loop too), <c>/ready</c> while it leads or
/// stands by for one that does.
/// </summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder endpoints, IClusterSource source, LiveFeed feed)
    {
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        endpoints.MapMethods("/health", reading, (RequestDelegate)(async context =>
        {
            try
            {
                if (feed.Readings is { } readings)
                    await readings.HoldingsAsync().WaitAsync(Patience, context.RequestAborted);
                await Tell(context, source.Leading is not null ? "leads" : "stands by");
            }
            catch (TimeoutException)
            {
                await Answers.Refuse(context, StatusCodes.Status503ServiceUnavailable, $"the master's loop has not answered for {Patience.TotalSeconds:0} s");
            }
        }));
        endpoints.MapMethods("/ready", reading, (RequestDelegate)(async context =>
        {
            if (source.Leading is not null)
                await Tell(context, "leads");
            else if (await source.FindLeaderAsync(context.RequestAborted) is { } leader)
                await Tell(context, "stands by", leader);
            else
                await Answers.Refuse(context, StatusCodes.Status503ServiceUnavailable, "no master leads just now");
        }));
    }

    private static Task Tell(HttpContext context, string role, Uri? leader = null) => Answers.Json(context, json =>
    {
        json.WriteStartObject();
        json.WriteString("master", role);
        if (leader is not null)
            json.WriteString("leader", leader.ToString());
        json.WriteEndObject();
    });
}
