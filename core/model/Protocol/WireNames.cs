namespace Agora.Protocol;

/// <summary>Names of gRPC metadata.</summary>
public static class WireNames
{
    /// <summary>Trailer with which a master that does not lead names the one that does, as a URL.</summary>
    public const string LeaderTrailer = "agora-leader";

    /// <summary>Header with the caller's secret, as <c>Bearer secret</c>.</summary>
    public const string AuthorizationHeader = "authorization";
}
