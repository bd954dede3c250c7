namespace Agora;

/// <summary>What an operator may order. The answer is null when done, else the reason why not.</summary>
public abstract record OperatorCommand
{
    private OperatorCommand()
    {
    }

    public sealed record KillTask(FrameworkId FrameworkId, TaskId TaskId, TimeSpan? Grace) : OperatorCommand;
    public sealed record Teardown(FrameworkId FrameworkId) : OperatorCommand;

    /// <summary>Sets what is given of a role, now and for later frameworks; null leaves it as it is.</summary>
    public sealed record SetRole(string Role, double? Weight, int? Priority, Resources? Guaranteed) : OperatorCommand;

    /// <summary>Stops offering an agent and waits for what runs there to end.</summary>
    /// <param name="Within">How long it is waited for, then it is killed; zero kills it now, null waits without end.</param>
    /// <param name="Grace">The longest time between SIGTERM and SIGKILL; null leaves each task its own.</param>
    /// <param name="ThenGone">Once all has ended the agent is marked gone.</param>
    public sealed record Drain(AgentId AgentId, TimeSpan? Within = null, TimeSpan? Grace = null, bool ThenGone = false) : OperatorCommand;

    /// <summary>Stops offering an agent; what runs there is let alone.</summary>
    public sealed record Deactivate(AgentId AgentId) : OperatorCommand;

    /// <summary>Offers an agent again that was drained or deactivated.</summary>
    public sealed record Reactivate(AgentId AgentId) : OperatorCommand;

    /// <summary>Declares an agent gone for good: its tasks are GoneByOperator, and it is turned away should it come back.</summary>
    public sealed record MarkGone(AgentId AgentId) : OperatorCommand;

    /// <summary>Takes machines out of use for a time: frameworks are asked to leave, and nothing is offered there meanwhile.</summary>
    /// <param name="Name">Of the window; to be given again to change it.</param>
    /// <param name="Machines">Hostnames, whether or not agents of them are known.</param>
    public sealed record ScheduleMaintenance(string Name, IReadOnlyList<string> Machines, Unavailability When) : OperatorCommand;

    public sealed record CancelMaintenance(string Name) : OperatorCommand;
}
