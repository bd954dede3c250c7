namespace Agora.Cluster;

/// <summary>How an agent behaves. Times are in the agent's own clock.</summary>
public sealed record AgentOptions
{
    /// <value>First wait before a status update is sent again; doubles each time. Default 10 s.</value>
    public TimeSpan UpdateRetry { get; init; } = TimeSpan.FromSeconds(10);

    /// <value>Longest wait before a status update is sent again. Default 10 min.</value>
    public TimeSpan UpdateRetryMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <value>How long an executor may take to connect. Default 1 min.</value>
    public TimeSpan ExecutorRegistrationTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>First wait before connecting to the master anew; doubles each time, plus up to half of it by chance.</value>
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <value>Longest wait before connecting to the master anew. Default 15 s.</value>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <value>How long a master may take to answer a registration; then the connection counts as broken. Default 30 s.</value>
    public TimeSpan RegistrationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <value>For what is left to chance: how long to wait before connecting anew.</value>
    public ulong Seed { get; init; } = 1;

    public Limits Limits { get; init; } = Limits.Default;
}
