using Agora.Security;
using Microsoft.AspNetCore.Http;

namespace Agora.Daemon.Files;

/// <summary>Lets those read files that show a token made with the agent's secret: each framework's its own.</summary>
/// <param name="credential">The agent's.</param>
/// <param name="place">Its <c>host:port</c>, as tokens name it.</param>
internal sealed class FileReaders(WatchedFile<IReadOnlyList<Credential>> credential, string place, TimeProvider time)
{
    private const string Sandboxes = "sandbox";

    public bool MayRead(HttpContext context, string path)
    {
        if (Bearer.TokenIn(context.Request.Headers.Authorization) is not { } token ||
            FileToken.FrameworkOf(token, credential.Current, place, time.GetUtcNow()) is not { } framework)
            return false;
        // What is shared among nodes is not kept apart by framework.
        return path.Split('/') is not [Sandboxes, var owner, ..] || owner == framework;
    }
}
