namespace Agora.Election.ZooKeeper;

/// <summary>What ZooKeeper refuses, or its library cannot do.</summary>
internal sealed class ZooKeeperException : Exception
{
    public ZooKeeperException(string message, Exception? cause = null) : base(message, cause)
    {
    }

    /// <param name="code">Of the library.</param>
    public ZooKeeperException(int code, string path) : base(code switch
    {
        LibZooKeeper.ConnectionLoss => "the connection to ZooKeeper was lost",
        LibZooKeeper.OperationTimeout => "ZooKeeper did not answer in time",
        LibZooKeeper.SessionExpired => "the session with ZooKeeper has expired",
        _ => $"ZooKeeper refuses what is asked of {path} (error {code})",
    })
    {
    }
}
