namespace Agora.Torque.Jobs;

/// <summary>
/// Torque's error numbers that programs know, without the 15000 they are shown with. The exit code of a command is
/// (15000 + number) modulo 256.
/// </summary>
public enum PbsError
{
    None = 0,
    UnknownJobId = 1,
    NoAttribute = 2,
    AttributeReadOnly = 3,
    InvalidRequest = 4,
    Permission = 7,
    BadHost = 10,
    System = 12,
    Internal = 13,
    UnknownSignal = 15,
    BadAttributeValue = 16,
    ModifyWhileRunning = 17,
    BadState = 18,
    UnknownQueue = 20,
    QueueNotEnabled = 23,
    QueueAccess = 24,
    BadUser = 25,
    QueueExists = 27,
    QueueBusy = 29,
    QueueIncomplete = 32,
    UnknownResource = 37,
    ExceedsQueueLimits = 38,
    NoDefaultQueue = 39,
    NotRerunnable = 40,
    RouteRejected = 41,
    ResourceUnavailable = 46,
    QueueFull = 48,
    BadAccount = 51,
    BadDependency = 56,
    UnknownNode = 62,
    NodeExists = 66,
    QueueFullForUser = 76,
    NoInteractiveJobs = 78,
    NoBatchJobs = 79,
    NoRerunnableJobs = 80,
    NoNonRerunnableJobs = 81,
    UnknownArrayId = 82,
    BadArrayRequest = 83,
    Timeout = 85,
    NoFaultTolerantJobs = 87,
    NoJobArrays = 89,
    InvalidSyntax = 131,
}

/// <summary>A request that was refused, with what the original says of it.</summary>
/// <param name="message">Torque's text for the error, with its <c>MSG=</c> part where it has one; scripts read it.</param>
public sealed class PbsException(PbsError error, string message) : Exception(message)
{
    public PbsError Error { get; } = error;

    /// <summary>As the shell sees it.</summary>
    public int ExitCode => ExitCodeOf(Error);

    public static int ExitCodeOf(PbsError error) => error == PbsError.None ? 0 : (15000 + (int)error) % 256;
}
