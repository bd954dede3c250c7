using System.Text.Json;
using Agora.Sdk;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Launch;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom;

/// <summary>
/// Torque's executor on one agent. Its tasks are slots that the server holds here, and do nothing; the server itself says
/// over its own connection what is to be run in them. The mom stays until it is told to end or holds no slot any more.
/// </summary>
internal sealed class BatchMom(string program, Func<MomWelcome, MomNode> nodeOf) : IExecutor, IAsyncDisposable
{
    /// <summary>
    /// Jobs do well without their agent for hours: the server hears of them all the same, and if the agent is given up it
    /// says so here.
    /// </summary>
    internal static readonly ExecutorSessionOptions Session = new()
    {
        RecoveryTimeout = TimeSpan.FromHours(12),
        ShutdownGrace = TimeSpan.FromSeconds(5),
    };

    /// <summary>For the jobs' own ends, where nobody says how long that may take.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly HashSet<TaskId> _slots = [];
    private MomDesk? _desk;
    private bool _isEnding;

    /// <summary>Runs under this process's agent until the end.</summary>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync()
    {
        NodeNamespaces.Enter(Environment.ProcessPath!);
        await using var mom = new BatchMom(Environment.ProcessPath!, NodeOf);
        var options = ExecutorDriverOptions.FromEnvironment() with { Session = Session };
        return await new ExecutorDriver(mom, options: options).RunAsync();
    }

    public void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e)
    {
        // There is nothing to take up again: slots come with Launch.
    }

    public void Launch(ExecutorDriver driver, TaskSpec task)
    {
        try
        {
            Welcome(task);
            _slots.Add(task.Id);
            driver.Update(task.Id, TaskState.Running);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            driver.Update(task.Id, TaskState.Failed, $"the mom cannot work: {e.Message}");
        }
    }

    public void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace)
    {
        if (!_slots.Remove(task))
            return;
        driver.Update(task, TaskState.Killed);
        if (_slots.Count == 0)
            _ = EndAsync(driver, grace > TimeSpan.Zero ? grace : EndGrace);
    }

    /// <summary>A server that is found elsewhere than before says so by the master; all else goes over its own connection.</summary>
    public void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data)
    {
        try
        {
            if (JsonSerializer.Deserialize(data.Span, MomJson.Default.MomWelcome) is { } welcome)
                _desk?.Redirect(welcome);
        }
        catch (JsonException e)
        {
            Console.Error.WriteLine($"a message is not understood: {e.Message}");
        }
    }

    public void Shutdown(ExecutorDriver driver, TimeSpan grace) => _ = EndAsync(driver, grace / 2);

    public ValueTask DisposeAsync() => _desk?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Welcome(TaskSpec task)
    {
        if (task.Data.IsEmpty || JsonSerializer.Deserialize(task.Data.Span, MomJson.Default.MomWelcome) is not { } welcome)
        {
            if (_desk is null)
                throw new InvalidDataException($"the first task, {task.Id}, does not say where the server is");
            return;
        }
        if (_desk is not null)
        {
            _desk.Redirect(welcome);
            return;
        }
        var desk = new MomDesk(nodeOf(welcome), welcome, program, TimeProvider.System, Console.Error.WriteLine);
        desk.Start();
        _desk = desk;
    }

    private async Task EndAsync(ExecutorDriver driver, TimeSpan grace)
    {
        if (_isEnding)
            return;
        _isEnding = true;
        if (_desk is { } desk)
            await desk.EndAsync(grace);
        foreach (var slot in _slots)
            driver.Update(slot, TaskState.Killed);
        driver.Stop();
    }

    private static MomNode NodeOf(MomWelcome welcome)
    {
        var framework = Environment.GetEnvironmentVariable(ExecutorEnvironment.FrameworkId) ?? "0";
        // Users' jobs have to get there: what belongs to root's own state directory is closed to them.
        var spool = Environment.GetEnvironmentVariable("AGORA_TORQUE_SPOOL") is { Length: > 0 } given ? given
            : Environment.IsPrivilegedProcess ? "/var/spool/agora-torque" : Path.Combine(MasterAddress.StateDirectory, "torque", "mom");
        return new MomNode(welcome.Node, welcome.Address, Path.Combine(spool, framework, welcome.Node),
            Path.GetDirectoryName(Environment.ProcessPath!)!, welcome.ServerHome,
            welcome.AgoraHome, NodeNamespaces.AreOwn, NodeNamespaces.AreMade);
    }
}
