using System.Net.Sockets;

namespace Agora.Web.Api;

/// <summary>
/// <c>/api/v1/agents/{id}/files/{path}</c>: the agent's own <c>/files/{path}</c>, for browsers that reach the master only. What it
/// answers is passed on as it comes.
/// </summary>
internal sealed class AgentFiles(IVisitors visitors) : IDisposable
{
    private static readonly string[] QueriesPassed = ["list", "offset", "length", "follow"], HeadersPassed = ["X-File-Length", "ETag", "Last-Modified"];

    private readonly HttpClient _http = new(visitors.CreateFilesHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task Pass(HttpContext context, Readings readings)
    {
        var (id, path) = ((string)context.Request.RouteValues["id"]!, (string?)context.Request.RouteValues["path"] ?? "");
        if ((await readings.OverviewAsync()).Agents.FirstOrDefault(a => a.Info.Id?.Value == id) is not { } agent)
        {
            await Answers.Refuse(context, StatusCodes.Status404NotFound, $"there is no agent '{id}'; what it kept is not to be had here");
            return;
        }
        using var over = context.UntilStopping();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(context.Request.Method), Address(agent.Info, path, context.Request.Query));
            if (await visitors.SignAsync(context, request, path) is { } refused)
            {
                await Answers.Refuse(context, StatusCodes.Status403Forbidden, refused);
                return;
            }
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over.Token);
            await PassOn(response, context, over.Token);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException { InnerException: SocketException })
        {
            if (context.Response.HasStarted)
                context.Abort();
            else
                await Answers.Refuse(context, StatusCodes.Status502BadGateway, $"{agent.Info.Hostname} cannot be reached: {e.Message}");
        }
    }

    private static Uri Address(AgentInfo agent, string path, IQueryCollection query)
    {
        // Each part by itself, so that no part of a path is taken for more than that.
        var parts = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var asked = QueryString.Create(QueriesPassed.Where(query.ContainsKey).Select(q => KeyValuePair.Create(q, (string?)query[q].ToString())));
        return new Uri($"http://{agent.Address}:{agent.FilePort}/files/{parts}{asked}");
    }

    private static async Task PassOn(HttpResponseMessage response, HttpContext context, CancellationToken cancellation)
    {
        var answer = context.Response;
        answer.StatusCode = (int)response.StatusCode;
        answer.ContentLength = response.Content.Headers.ContentLength;
        answer.ContentType = response.Content.Headers.ContentType?.ToString();
        // A user's file is no page of ours, whatever is in it.
        answer.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        foreach (var name in HeadersPassed)
            if (response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values))
                answer.Headers[name] = values.First();
        if (context.Request.Query.ContainsKey("download"))
            answer.Headers.ContentDisposition = "attachment";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await using var content = await response.Content.ReadAsStreamAsync(cancellation);
        // Not CopyTo: what a followed file has grown by is to be seen at once.
        var buffer = new byte[64 << 10];
        while (await content.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            await answer.Body.WriteAsync(buffer.AsMemory(0, read), cancellation);
            await answer.Body.FlushAsync(cancellation);
        }
    }

    public void Dispose() => _http.Dispose();
}
