namespace Agora.Sdk;

/// <summary>
/// A framework's program on an agent that runs its tasks, under <see cref="ExecutorDriver"/>. All members are called
/// from one loop; long work belongs on threads of the executor's own, which report through the driver.
/// </summary>
public interface IExecutor
{
    void Subscribed(ExecutorDriver driver, ExecutorEvent.Subscribed e);
    void Launch(ExecutorDriver driver, TaskSpec task);
    void Kill(ExecutorDriver driver, TaskId task, TimeSpan grace);
    void Message(ExecutorDriver driver, ReadOnlyMemory<byte> data);

    /// <summary>End all tasks; the driver exits the loop afterwards.</summary>
    void Shutdown(ExecutorDriver driver, TimeSpan grace);
}
