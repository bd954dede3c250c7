namespace Agora.Web;

/// <summary>Who looks at the pages, where not everybody may.</summary>
public interface IVisitors
{
    /// <summary>Answers a request itself unless its sender may see the pages.</summary>
    /// <returns>True if it is to go on.</returns>
    Task<bool> AdmitAsync(HttpContext context);

    /// <summary>Makes a request for a file of an agent one that the agent answers.</summary>
    /// <param name="path">The file, as the agent names it.</param>
    /// <returns>Null if the visitor may read it, else why not.</returns>
    ValueTask<string?> SignAsync(HttpContext context, HttpRequestMessage request, string path);

    /// <summary>For requests to agents.</summary>
    HttpMessageHandler CreateFilesHandler();
}
