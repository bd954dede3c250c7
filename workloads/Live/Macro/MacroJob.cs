namespace Agora.Workloads.Live.Macro;

/// <summary>A job of the mix: a line of shell that returns when the job has ended, and one that says whether its result is right.</summary>
/// <param name="Framework">Who runs it, a role of the cluster's.</param>
/// <param name="Type">What is reported together.</param>
/// <param name="Name">One of its own, for files and directories.</param>
/// <param name="At">
/// When it is submitted: seconds from the beginning or, where <paramref name="IsAfterPrevious"/>, from the end of its framework's
/// previous job.
/// </param>
/// <param name="Line">Runs it.</param>
/// <param name="Check">Fails if what it left is not what it should be.</param>
internal sealed record MacroJob(
    string Framework, string Type, string Name, double At, bool IsAfterPrevious, string Line, string Check);
