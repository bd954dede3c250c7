using Agora.RemoteShell;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Life;
using Agora.Torque.Mom.Native;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom;

/// <summary>A job that this node has a part of. The mom's loop alone touches it.</summary>
internal sealed class HeldJob(JobLaunch launch, bool isFirst)
{
    public JobLaunch Launch { get; } = launch;

    /// <summary>Its script runs here.</summary>
    public bool IsFirst { get; } = isFirst;

    /// <summary>Null on the other nodes.</summary>
    public JobLife? Life { get; } = isFirst
        ? new JobLife(launch.JobId, launch.Run, launch.Limits, TimeSpan.FromSeconds(Math.Max(launch.KillDelaySeconds, 1))) : null;

    public SessionProcess? Process { get; set; }

    /// <summary>Runs what other nodes, and this one, ask for in the job's name.</summary>
    public RemoteShellServer? Shell { get; set; }

    /// <summary>Done when nothing of the remote shell is left; null while it is open.</summary>
    public Task? ShellEnd { get; set; }

    /// <summary>What a joined node has answered.</summary>
    public MomReport.Joined? Joined { get; set; }

    /// <summary>What is told until the server has it.</summary>
    public MomReport.Ended? Ended { get; set; }

    /// <summary>The server wants to hear no more of it.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The same job's next run, which waits for this one to be gone.</summary>
    public MomOrder? Next { get; set; }

    /// <summary>Ends the remote shell with all it runs.</summary>
    public Task EndShellAsync() => ShellEnd ??= Shell?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    /// <summary>To all that the remote shell runs here.</summary>
    public void SignalRemote(int number)
    {
        foreach (var session in Shell?.Sessions ?? [])
            _ = ProcessTree.Signal(session, number);
    }
}
