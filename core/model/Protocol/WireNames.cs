namespace Agora.Protocol;

/// <summary>Names of gRPC metadata.</summary>
public static class WireNames
{
    /// <summary>Trailer with which a master that does not lead names the one that does, as a URL.</summary>
    public const string LeaderTrailer = "agora-leader";
}
