namespace Agora.Election.ZooKeeper;

/// <summary>What ZooKeeper refuses, or its library cannot do.</summary>
internal sealed class ZooKeeperException : Exception
{
    public ZooKeeperException(string message, Exception? cause = null) : base(message, cause)
    {
    }

    /// <param name="code">Of the library.</param>
    public ZooKeeperException(int code, string path) : this(Told(code, path)) =>
        IsPassing = code is LibZooKeeper.ConnectionLoss or LibZooKeeper.OperationTimeout;

    /// <summary>Whether it was done is not known, and asking again may help.</summary>
    public bool IsPassing { get; }

    private static string Told(int code, string path) => code switch
    {
        LibZooKeeper.ConnectionLoss => "the connection to ZooKeeper was lost",
        LibZooKeeper.OperationTimeout => "ZooKeeper did not answer in time",
        LibZooKeeper.SessionExpired => "the session with ZooKeeper has expired",
        _ => $"ZooKeeper refuses what is asked of {path} (error {code})",
    };
}
