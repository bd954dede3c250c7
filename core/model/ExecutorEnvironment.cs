namespace Agora;

/// <summary>Names of the environment variables an agent gives to every process it starts, and what they hold.</summary>
public static class ExecutorEnvironment
{
    /// <summary>Path of the Unix domain socket on which the agent serves <c>ExecutorService</c>; executors only.</summary>
    public const string Socket = "AGORA_EXECUTOR_SOCKET";

    public const string FrameworkId = "AGORA_FRAMEWORK_ID";
    public const string ExecutorId = "AGORA_EXECUTOR_ID";

    /// <summary>What the executor shows when it subscribes, to prove that the agent started it; executors only.</summary>
    public const string Token = "AGORA_EXECUTOR_TOKEN";

    /// <summary>Directory of this run: working directory, <c>stdout</c>, <c>stderr</c>, fetched artifacts.</summary>
    public const string Sandbox = "AGORA_SANDBOX";

    public const string AgentId = "AGORA_AGENT_ID";

    /// <summary>The agent's name as frameworks see it in offers.</summary>
    public const string Hostname = "AGORA_HOSTNAME";

    /// <summary><c>host:port</c> of the agent's file server.</summary>
    public const string AgentAddress = "AGORA_AGENT_ADDRESS";

    /// <summary>What file servers of agents are shown, as <c>Bearer token</c>, to read files of the framework; not set where they ask for nothing.</summary>
    public const string FilesToken = "AGORA_FILES_TOKEN";

    /// <summary>Directory whose files the agent's file server serves after the executor is gone.</summary>
    public const string SharedOutput = "AGORA_SHARED_OUTPUT";
}
