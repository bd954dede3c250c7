namespace Agora.Sdk;

/// <summary>
/// A framework's program on an agent that runs its tasks, under <see cref="ExecutorDriver"/>. All members are called
/// from one loop; long work belongs on threads of the executor's own, which report through the driver.
/// </summary>
public interface IExecutor
{
    /// <summary>The agent knows the executor: at the start, and again after each time the agent was away.</summary>
    void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e);
    void Launch(ExecutorDriver driver, TaskSpec task);
    void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace);
    void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data);

    /// <summary>
    /// End all tasks. The loop ends as soon as each has a terminal update that the agent has acknowledged, at the
    /// latest when the grace is over.
    /// </summary>
    void Shutdown(ExecutorDriver driver, TimeSpan grace);
}
