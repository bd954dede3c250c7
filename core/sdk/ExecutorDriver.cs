namespace Agora.Sdk;

/// <summary>Runs an <see cref="IExecutor"/> under a live agent.</summary>
public sealed class ExecutorDriver;
