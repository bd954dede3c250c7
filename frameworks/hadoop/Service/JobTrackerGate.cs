using Agora.Security;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Service;

/// <summary>
/// Lets those alone change something that show a token made with the JobTracker's own credential: jobs run as whoever runs it.
/// </summary>
internal sealed class JobTrackerGate(CredentialFile own)
{
    private readonly TokenCheck _tokens = new(name => [.. own.Read().Where(c => c.Principal == name)], Audiences.JobTracker, TimeProvider.System);

    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }
        string? refused;
        try
        {
            refused = "no token was shown";
            if (Bearer.TokenIn(context.Request.Headers.Authorization) is { } token && _tokens.Find(token, out refused) is not null)
            {
                await next(context);
                return;
            }
        }
        catch (SecurityFileException e)
        {
            refused = e.Message;
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.Response.WriteAsync($"the JobTracker takes jobs of {own.Path} alone: {refused}");
    }
}
