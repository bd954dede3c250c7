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

    /// <summary>Stops (or starts again) offering an agent; what runs there goes on.</summary>
    public sealed record Drain(AgentId AgentId, bool Draining) : OperatorCommand;
}
