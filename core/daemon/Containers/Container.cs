using Agora.Daemon.Fetching;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>
/// One container from preparation to its end.
/// <code>
///   directories ─► artifacts ─► isolators ─► supervisor ─► Started ─► Exited
///        └────────────┴── Failed ──┴─────────────┘             └────► Lost
/// </code>
/// </summary>
internal sealed class Container(
    ContainerId id, ContainersOptions options, Fetcher fetcher, IIsolator isolator, DescriptorWatcher watcher)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _preparation = new();
    private SupervisorProcess? _supervisor;
    private LimitReached? _limit;
    private bool _disposed;

    public ContainerId Id => id;

    /// <summary>Runs a container; its start is told when it comes.</summary>
    /// <returns>How it ended.</returns>
    public async Task<ContainerEvent> Launch(ContainerSpec spec, Action<ContainerEvent> tell)
    {
        try
        {
            Validate(spec);
            var user = FindUser(spec.Command.User);
            Sandbox.Create(spec, user);
            await fetcher.Fetch(spec.Command.Artifacts ?? [], spec.SandboxDirectory, user, _preparation.Token);
            if (user is not null)
                Sandbox.GiveTo(spec.SandboxDirectory, user);
            var places = isolator.Prepare(spec);
            var logs = spec.Logs ?? LogLimits.Default;
            var environment = ContainerEnvironment.Build(spec, options.Path, user?.Name ?? Environment.UserName);
            var launch = new LaunchFile(id.Value, spec.SandboxDirectory, spec.Command.Arguments, environment,
                logs.FileBytes, logs.Files, user?.UserId ?? -1, user?.Groups ?? [],
                [.. places.Select(p => new Placement(p.EnterFile, p.LeaveFile))],
                options.Encloses ? new Enclosed(Sandbox.CreateTemporary(spec), options.Visible) : null, options.NoNewPrivileges);
            lock (_lock)
            {
                _preparation.Token.ThrowIfCancellationRequested();
                _supervisor = SupervisorProcess.Start(watcher, options.SupervisorPath, spec.MetaDirectory, launch);
            }
        }
        catch (OperationCanceledException) when (_preparation.IsCancellationRequested)
        {
            return NeverStarted(StatusReason.KilledDuringLaunch, "killed before its command was started");
        }
        catch (FetchException e)
        {
            return NeverStarted(StatusReason.FetchFailed, e.Message);
        }
        catch (Exception e)
        {
            return NeverStarted(StatusReason.ContainerLaunchFailed, e.Message);
        }
        return await Watch(_supervisor, spec.SandboxDirectory, spec.MetaDirectory, tell);
    }

    /// <summary>
    /// Goes on with a container of a former agent process, which can be killed as soon as this has been called.
    /// </summary>
    /// <returns>How it ended.</returns>
    public Task<ContainerEvent> TakeOver(SupervisorProcess supervisor, string sandboxDirectory, string metaDirectory)
    {
        lock (_lock)
            _supervisor = supervisor;
        return Watch(supervisor, sandboxDirectory, metaDirectory, _ => { });
    }

    public void Kill(TimeSpan grace)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            if (_supervisor is null)
                _preparation.Cancel();
            else
                _supervisor.Kill(grace);
        }
    }

    public void Resize(Resources resources)
    {
        try
        {
            isolator.Resize(id, resources);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As at its start: better ended than running without its limits. One that has just ended has no groups any more.
            if (isolator.Usage(id) is not null)
                LimitReached(new LimitReached(StatusReason.ContainerLaunchFailed, $"its limits could not be set: {e.Message}"));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _supervisor?.Dispose();
            _preparation.Dispose();
        }
    }

    /// <summary>How a container ended that has no supervisor any more, from what is on disk.</summary>
    public static ContainerEvent Ended(ContainerId id, ExitFile exit, ResourceUsage? measured, LimitReached? limit)
    {
        if (exit.Kind == ExitKind.LaunchFailed)
            return new ContainerEvent.Failed(id, StatusReason.CommandFailed, exit.Message);
        // Isolators know what happened after the exit, the supervisor what lies between two measurements.
        var cpu = TimeSpan.FromMicroseconds(exit.CpuMicroseconds);
        var usage = new ResourceUsage(measured?.CpuTime > cpu ? measured.CpuTime : cpu, 0,
            Math.Max(measured?.MemPeakBytes ?? 0, exit.PeakBytes));
        const int signalBase = 128;
        var code = exit.Kind == ExitKind.Signaled ? signalBase + exit.Code : exit.Code;
        return new ContainerEvent.Exited(id, code, exit.Killed, usage,
            DateTimeOffset.FromUnixTimeMilliseconds(exit.StartedMs),
            DateTimeOffset.FromUnixTimeMilliseconds(exit.EndedMs), limit, exit.Message);
    }

    /// <summary>The end of a container whose supervisor left no result; whatever still runs is killed.</summary>
    public static async Task<ContainerEvent> Abandoned(ContainerId id, PidFile? pids, string supervisorLog)
    {
        var complaint = supervisorLog.Length == 0 ? "" : $"; it said: {supervisorLog}";
        if (pids is null)
            return new ContainerEvent.Failed(id, StatusReason.ContainerLaunchFailed,
                "the supervisor did not start the command" + complaint);
        await Orphans.Kill(pids);
        return new ContainerEvent.Lost(id, $"the supervisor (pid {pids.Supervisor.Pid}) ended without a result: " +
            "it was killed, or the machine restarted" + complaint);
    }

    private async Task<ContainerEvent> Watch(SupervisorProcess supervisor, string sandboxDirectory, string metaDirectory,
        Action<ContainerEvent> tell)
    {
        var pids = await supervisor.WhenStarted();
        if (pids is not null)
        {
            Isolate(new ContainerProcesses(id, pids.Supervisor.Pid, pids.Main.Pid, sandboxDirectory, metaDirectory));
            tell(new ContainerEvent.Started(id, pids.Main.Pid));
        }
        var exit = await supervisor.WhenEnded();
        var measured = isolator.Usage(id);
        var trouble = CleanUp();
        if (exit is null)
            return await Abandoned(id, supervisor.Pids, SupervisorProcess.ReadLog(metaDirectory));
        if (trouble is not null)
            exit = exit with { Message = $"{exit.Message} {trouble}".Trim() };
        return Ended(id, exit, measured, _limit);
    }

    private void Isolate(ContainerProcesses processes)
    {
        try
        {
            isolator.Started(processes, LimitReached);
        }
        catch (Exception e)
        {
            // Better ended than running without its limits.
            LimitReached(new LimitReached(StatusReason.ContainerLaunchFailed,
                $"its limits could not be set: {e.Message}"));
        }
    }

    private void LimitReached(LimitReached limit)
    {
        lock (_lock)
            _limit ??= limit;
        Kill(TimeSpan.Zero);
    }

    private ContainerEvent.Failed NeverStarted(StatusReason reason, string message)
    {
        var trouble = CleanUp();
        return new ContainerEvent.Failed(id, reason, trouble is null ? message : $"{message} ({trouble})");
    }

    private string? CleanUp()
    {
        try
        {
            isolator.Cleanup(id);
            return null;
        }
        catch (Exception e)
        {
            return $"cleaning up after the container failed: {e.Message}";
        }
    }

    private UserAccount? FindUser(string? name)
    {
        if (!options.SwitchUser || string.IsNullOrEmpty(name) || name == Environment.UserName)
            return null;
        return UserAccount.Find(name) ?? throw new LaunchException(
            $"user '{name}' is not known on this machine; add the account, or submit as a user that all agents know");
    }

    private static void Validate(ContainerSpec spec)
    {
        if (spec.Command.Arguments.Count == 0)
            throw new LaunchException("the command is empty; give a program to run");
        if (spec.Command.Arguments.Any(a => a.Contains('\0', StringComparison.Ordinal)))
            throw new LaunchException("an argument holds NUL, which no program can be given");
        if (!Path.IsPathFullyQualified(spec.SandboxDirectory) || !Path.IsPathFullyQualified(spec.MetaDirectory))
            throw new LaunchException($"sandbox {spec.SandboxDirectory} and meta directory {spec.MetaDirectory} " +
                "must be absolute paths");
    }
}
