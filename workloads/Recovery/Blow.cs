namespace Agora.Workloads.Recovery;

internal enum Blow
{
    /// <summary><c>kill -9</c>.</summary>
    Kill,

    /// <summary>Standing still for a time, and then going on.</summary>
    Stop,

    /// <summary>A node's link is down for a time.</summary>
    CutOff,
}
