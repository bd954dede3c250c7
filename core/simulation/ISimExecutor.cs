namespace Agora.Simulation;

/// <summary>
/// A framework's own executor in virtual time, in place of the one that only passes time. It tells of its tasks by
/// <see cref="SimContainer.Report"/>, and ends with its container.
/// </summary>
public interface ISimExecutor
{
    void Launch(TaskSpec task);

    void Kill(TaskId task);
}
