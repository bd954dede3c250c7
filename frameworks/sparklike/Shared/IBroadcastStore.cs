namespace Agora.Spark;

/// <summary>Where the driver keeps broadcast values for agents to fetch. Safe to use from several threads.</summary>
internal interface IBroadcastStore
{
    /// <exception cref="SparkException">A value of the type cannot be written.</exception>
    void Add<T>(long id, T value);

    /// <param name="forever">Whether the driver forgets it as well; otherwise the agents alone.</param>
    void Remove(long id, bool forever);
}
