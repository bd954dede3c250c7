using Agora.Protocol;

namespace Agora.Sdk;

/// <summary>Who the executor is and where its agent listens; normally all of it comes from the environment.</summary>
/// <param name="Socket">Path of the agent's Unix domain socket.</param>
/// <param name="Token">Shows that the agent started this executor.</param>
public sealed record ExecutorDriverOptions(
    string Socket, FrameworkId FrameworkId, ExecutorId ExecutorId, AgentId AgentId, string Token)
{
    public ExecutorSessionOptions Session { get; init; } = new();

    /// <summary>Events and updates that may wait for the loop.</summary>
    public int InboxMax { get; init; } = 65_536;

    public BatchLimits Batches { get; init; } = BatchLimits.Default;

    /// <summary>What the driver does and why, a line at a time; for a log. Any thread.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Reads the variables of <see cref="ExecutorEnvironment"/> that the agent has set.</summary>
    /// <exception cref="InvalidOperationException">One is missing: the program was not started by an agent.</exception>
    public static ExecutorDriverOptions FromEnvironment() => new(
        Variable(ExecutorEnvironment.Socket),
        new FrameworkId(Variable(ExecutorEnvironment.FrameworkId)),
        new ExecutorId(Variable(ExecutorEnvironment.ExecutorId)),
        new AgentId(Variable(ExecutorEnvironment.AgentId)),
        Variable(ExecutorEnvironment.Token));

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
        : throw new InvalidOperationException($"{name} is not set: this program is to be started by an Agora agent");
}
