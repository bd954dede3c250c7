namespace Agora.Torque.Mom.Life;

/// <summary>A job's exit status as Torque's users know it.</summary>
internal static class ExitStatus
{
    public const int NotStarted = -1, NeverStarts = -2, TryAgain = -3, NoOutputFile = -9,
        OverMemory = -10, OverWalltime = -11, OverCput = -12;

    /// <summary>Added to the number of a signal that ended the session's leader itself.</summary>
    public const int SignalBase = 256;

    /// <param name="waitStatus">Of the leader, as the kernel has it.</param>
    public static int Of(int waitStatus) =>
        (waitStatus & 0x7F) is var signal and not 0 ? SignalBase + signal : waitStatus >> 8 & 0xFF;

    /// <summary>Of the mom's word for a prologue that has not ended well.</summary>
    /// <param name="code">Its exit code; negative if it did not end by itself.</param>
    public static int OfPrologue(int code, bool isInteractive) => code == 1 || isInteractive ? NeverStarts : TryAgain;
}
