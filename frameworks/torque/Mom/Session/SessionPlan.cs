namespace Agora.Torque.Mom.Session;

/// <summary>All that the session program is to do for one job; every decision has been taken.</summary>
/// <param name="UserId">Whom the job runs as; -1 for whoever runs the mom.</param>
/// <param name="Groups">All groups of the user, primary first; empty with user -1.</param>
/// <param name="Command">Path of the program, then its arguments from the zeroth.</param>
/// <param name="Environment"><c>NAME=value</c>, all there is.</param>
/// <param name="Input">What the program reads on its standard input; null for nothing.</param>
/// <param name="Directory">Where it starts.</param>
/// <param name="Root">To be its root directory; null for the machine's own.</param>
/// <param name="Files">Made before the start and removed at the end.</param>
/// <param name="JobDirectory">The user's own, for the job's time.</param>
/// <param name="Error">Null where it goes into the output.</param>
/// <param name="Interactive"><c>host:port</c> and a secret; then output goes there. Null for a batch job.</param>
/// <param name="Prologues">Before the job; each has to end well.</param>
/// <param name="Epilogues">After it, with what has come of it added to their arguments.</param>
internal sealed record SessionPlan(
    string JobId, int UserId, IReadOnlyList<int> Groups, string Node,
    string Program, IReadOnlyList<string> Command, IReadOnlyList<string> Environment, byte[]? Input,
    string Directory, string? Root, int Nice, IReadOnlyList<ProcessLimit> Limits,
    IReadOnlyList<PlannedFile> Files, string JobDirectory, OutputPlan Output, OutputPlan? Error,
    string? Interactive, IReadOnlyList<SitePlan> Prologues, IReadOnlyList<SitePlan> Epilogues, int SiteSeconds)
{
    /// <summary>True where the job's owner is another than the mom's.</summary>
    public bool HasUser => UserId >= 0;
}

/// <summary>A limit of the kernel's on each process.</summary>
/// <param name="Resource">RLIMIT_ number.</param>
internal readonly record struct ProcessLimit(int Resource, ulong Value);

/// <param name="IsUsers">Made with the user's rights, for the user alone; else the mom's own, which all may read.</param>
/// <param name="IsProgram">May be executed.</param>
internal sealed record PlannedFile(string Path, byte[] Content, bool IsUsers, bool IsProgram = false);

/// <summary>Where one of the job's output files is written, and where it belongs.</summary>
/// <param name="Written">The path the job writes to.</param>
/// <param name="IsSpooled">It is in the spool and is carried to <paramref name="Target"/> at the end; else it is there already.</param>
/// <param name="Host">Where the target is; it may be here under the same path.</param>
/// <param name="Target">Absolute path of a file or a directory.</param>
/// <param name="Name">Of the file in a directory.</param>
/// <param name="Mode">Permissions of the file.</param>
internal sealed record OutputPlan(string Written, bool IsSpooled, string Host, string Target, string Name, uint Mode);

/// <summary>A program of the site's that runs before or after a job.</summary>
/// <param name="IsUsers">It runs as the user.</param>
internal sealed record SitePlan(string Path, IReadOnlyList<string> Arguments, bool IsUsers);
