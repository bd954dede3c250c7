using Agora.Web;
using Microsoft.AspNetCore.Http;

namespace Agora.Tests.Fast.Web;

/// <summary>Everybody may look.</summary>
internal sealed class Anybody : IVisitors
{
    public Task<bool> AdmitAsync(HttpContext context) => Task.FromResult(true);

    public ValueTask<string?> SignAsync(HttpContext context, HttpRequestMessage request, string path) => ValueTask.FromResult<string?>(null);

    public HttpMessageHandler CreateFilesHandler() => new SocketsHttpHandler { UseProxy = false };
}
