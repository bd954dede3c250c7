namespace Agora.Hadoop.Tasks;

/// <summary>What an attempt needs to know of the node it runs on.</summary>
/// <param name="LocalDirectory">For working directories and spills; absolute.</param>
/// <param name="SharedDirectory">For map outputs, which the agent's file server serves; absolute.</param>
/// <param name="SharedUrl">Where that directory is served; no slash at the end.</param>
/// <param name="Environment">What programs inherit.</param>
public sealed record Node(
    string LocalDirectory, string SharedDirectory, string SharedUrl, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The file behind an address, if it is one of this node's own.</summary>
    public string? FileOf(string url) =>
        url.StartsWith(SharedUrl + "/", StringComparison.Ordinal) ? SharedDirectory + url[SharedUrl.Length..] : null;
}
