namespace Agora.Spark;

/// <summary>What all accumulators have, whatever they add up.</summary>
public abstract class Accumulator
{
    private protected Accumulator()
    {
    }

    /// <summary>Counts an application's accumulators from 0; -1 before it is registered.</summary>
    public long Id { get; internal set; } = -1;

    /// <summary>For people; null if it was given none.</summary>
    public string? Name { get; internal set; }

    /// <summary>True in the driver's own, which is not shipped.</summary>
    internal bool IsDrivers => _isDrivers;

    [NonSerialized]
    private bool _isDrivers;

    internal void Register(long id, string? name)
    {
        if (_isDrivers)
            throw new SparkException("this accumulator has been registered already");
        (Id, Name, _isDrivers) = (id, name, true);
    }

    internal abstract Accumulator EmptyCopy();

    /// <summary>Adds a task's to the driver's.</summary>
    internal abstract void MergeFrom(Accumulator task);
}
