namespace Agora.MapReduce;

/// <summary>What a running task may use: its job's properties, its counters, its status, and the way out for records.</summary>
public abstract class TaskContext<KOut, VOut>
{
    private protected TaskContext(ITaskHost host) => Host = host;

    private protected ITaskHost Host { get; }

    public JobConf Configuration => Host.Conf;

    /// <summary>Such as <c>attempt_202611221644_0004_m_000003_0</c>.</summary>
    public string TaskAttemptId => Host.TaskAttemptId;

    /// <summary>The task's working directory, where the job's <c>-files</c> are.</summary>
    public string WorkDirectory => Host.WorkDirectory;

    /// <summary>Set once the task is to end.</summary>
    public CancellationToken Stop => Host.Stop;

    public abstract void Write(KOut key, VOut value);

    public Counter GetCounter(string group, string name) => Host.GetCounter(group, name);

    /// <summary>Its group is the enum's name, as in Hadoop.</summary>
    public Counter GetCounter(Enum name) => Host.GetCounter(name.GetType().FullName!, name.ToString());

    /// <summary>Shown with the task.</summary>
    public void SetStatus(string status) => Host.SetStatus(status);

    /// <summary>Tells that the task is alive; needed only where nothing is read or written for long.</summary>
    public void Progress() => Host.Active();
}
