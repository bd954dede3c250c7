namespace Agora;

/// <summary>Something to put into a sandbox before the command starts.</summary>
/// <param name="Uri"><c>file://</c> or an absolute path, <c>http://</c>, <c>https://</c>.</param>
/// <param name="FileName">Name in the sandbox; null takes the last part of the URI.</param>
/// <param name="Extract">Unpack <c>.zip .tar .tar.gz .tgz</c> into the sandbox.</param>
/// <param name="Executable">Set the execute permission.</param>
/// <param name="Cache">Keep it on the agent for later tasks with the same URI.</param>
public sealed record Artifact(
    string Uri, string? FileName = null, bool Extract = false, bool Executable = false, bool Cache = false);

/// <summary>A process to start: exactly these arguments, no shell in between.</summary>
/// <param name="Arguments">Program and arguments. A program without '/' is looked up in PATH.</param>
/// <param name="Environment">Set on top of the agent's clean environment.</param>
/// <param name="User">User to run as where agents switch users; null takes the framework's.</param>
public sealed record CommandSpec(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string>? Environment = null,
    IReadOnlyList<Artifact>? Artifacts = null, string? User = null)
{
    /// <summary>A command line for <c>/bin/sh -c</c>: for users' own command lines only.</summary>
    public static CommandSpec Shell(string line) => new(["/bin/sh", "-c", line]);
}

/// <summary>
/// A framework's long-lived process on an agent that runs its tasks; started with the first task that names it and
/// reused by later ones on the same agent.
/// </summary>
/// <param name="Resources">Held as long as the executor runs, on top of its tasks'.</param>
/// <param name="ShutdownGrace">Time between the request to end and SIGKILL.</param>
public sealed record ExecutorSpec(
    ExecutorId Id, string Name, CommandSpec Command, Resources Resources, TimeSpan ShutdownGrace);

/// <summary>How a task is ended on request.</summary>
/// <param name="Grace">Time between SIGTERM and SIGKILL.</param>
public sealed record KillPolicy(TimeSpan Grace)
{
    public static readonly KillPolicy Default = new(TimeSpan.FromSeconds(3));
}

/// <summary>A task to launch on an offer: a command of its own, or an executor and what to tell it.</summary>
/// <param name="AgentId">The agent of the offer it is launched on.</param>
/// <param name="Command">Set for a command task; then <paramref name="Executor"/> is null.</param>
/// <param name="Executor">Set for a task that an executor runs; then <paramref name="Command"/> is null.</param>
/// <param name="Data">For the executor alone; the core does not read it.</param>
/// <param name="Revocable">May be killed to give another role its guarantee.</param>
public sealed record TaskSpec(
    TaskId Id, string Name, AgentId AgentId, Resources Resources, CommandSpec? Command = null,
    ExecutorSpec? Executor = null, ReadOnlyMemory<byte> Data = default, KillPolicy? Kill = null,
    IReadOnlyDictionary<string, string>? Labels = null, bool Revocable = true);
