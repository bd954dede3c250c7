using System.Text.Json;
using Agora.Mpi.Scheduling;
using Agora.RemoteShell;
using Agora.Sdk;

namespace Agora.Mpi.Host;

/// <summary>
/// MPI's executor: on one agent it runs, for one job, what the MPI library's own launcher would have run there by ssh.
/// What it is asked to run, and all that comes of it, ends with it: the agent's supervisor sees to that even if it is killed.
/// </summary>
internal sealed class MpiHost(IReadOnlyList<string> sessionProgram) : IExecutor, IAsyncDisposable
{
    /// <summary>Ranks do well without their agent: whether it is lost is the master's to say, after 75 s unless it is told otherwise.</summary>
    internal static readonly ExecutorSessionOptions Session = new()
    {
        RecoveryTimeout = TimeSpan.FromMinutes(2),
        ShutdownGrace = TimeSpan.FromMilliseconds(500),
    };

    /// <summary>After its last command a job has no more use for its host; nobody may be there to say so.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromMilliseconds(250);

    private RemoteShellServer? _server;
    private RankReports? _reports;
    private TaskId? _task;

    public void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e)
    {
        // There is nothing to take up again: the task comes with Launch.
    }

    public void Launch(ExecutorDriver driver, TaskSpec task)
    {
        if (_task is not null)
        {
            driver.Update(task.Id, TaskState.Error, "an MpiHost runs one task", reason: StatusReason.TaskInvalid);
            return;
        }
        try
        {
            var order = JsonSerializer.Deserialize(task.Data.Span, MpiJson.Default.HostOrder)!;
            _reports = new RankReports(report => Tell(driver, new HostMessage(order.Host, Rank: report)));
            _server = new RemoteShellServer(order.Address, order.Token, sessionProgram, HostEnvironment.Build(_reports.Path),
                end => _ = CommandEndedAsync(driver, order.Host, end));
            _task = task.Id;
            driver.Update(task.Id, TaskState.Running,
                data: JsonSerializer.SerializeToUtf8Bytes(new HostReady(_server.Port), MpiJson.Default.HostReady));
        }
        catch (Exception e)
        {
            driver.Update(task.Id, TaskState.Failed, $"the MpiHost cannot work: {e.Message}");
        }
    }

    public void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace) => _ = EndAsync(driver, TaskState.Killed);

    public void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data)
    {
        // Nothing is said to an MpiHost but by its remote shell.
    }

    public void Shutdown(ExecutorDriver driver, TimeSpan grace) => _ = EndAsync(driver, TaskState.Killed);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _reports?.Dispose();
    }

    private async Task CommandEndedAsync(ExecutorDriver driver, string host, RemoteCommandEnd end)
    {
        Tell(driver, new HostMessage(host, CommandExit: end.ExitCode, ClientLost: end.ClientLost));
        await Task.Delay(IdleMax);
        if (_server!.IsIdle)
            await EndAsync(driver, TaskState.Finished);
    }

    private async Task EndAsync(ExecutorDriver driver, TaskState state)
    {
        if (_server is { } server)
            await server.DisposeAsync();
        if (_task is { } task)
            driver.Update(task, state);
        driver.Stop();
    }

    private static void Tell(ExecutorDriver driver, HostMessage message) =>
        driver.SendMessage(JsonSerializer.SerializeToUtf8Bytes(message, MpiJson.Default.HostMessage));
}
