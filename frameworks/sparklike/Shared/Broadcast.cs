namespace Agora.Spark;

/// <summary>
/// A value for many tasks that is brought to each agent once. Tasks read it; none may change it, since those of an agent
/// share it.
/// </summary>
public sealed class Broadcast<T>
{
    // In the driver it is there from the beginning, elsewhere from its first use on. Only the number is shipped.
    [NonSerialized]
    private T? _value;

    [NonSerialized]
    private bool _hasValue;

    [NonSerialized]
    private readonly IBroadcastStore? _store;

    private bool _isDestroyed;

    internal Broadcast(long id, T value, IBroadcastStore store, CallSite site)
    {
        Id = id;
        CallSite = site;
        _store = store;
        (_value, _hasValue) = (value, true);
    }

    /// <summary>Counts an application's broadcasts from 0.</summary>
    public long Id { get; }

    /// <summary>The user's line that made it.</summary>
    public CallSite CallSite { get; }

    /// <exception cref="SparkException">It has been destroyed.</exception>
    public T Value
    {
        get
        {
            if (_isDestroyed)
                throw new SparkException($"{this} was used after it was destroyed");
            if (!Volatile.Read(ref _hasValue))
            {
                var task = TaskContext.Current ?? throw new SparkException(
                    $"{this} was read outside a task and outside the driver, where there is no way to its value");
                _value = task.Services.Broadcast<T>(Id);
                Volatile.Write(ref _hasValue, true);
            }
            return _value!;
        }
    }

    /// <summary>Lets agents forget the value; one that needs it again fetches it again.</summary>
    public void Unpersist() => Drivers("Unpersist").Remove(Id, forever: false);

    /// <summary>Lets the driver and all agents forget the value. It cannot be used any more.</summary>
    public void Destroy()
    {
        var store = Drivers("Destroy");
        _isDestroyed = true;
        _value = default;
        store.Remove(Id, forever: true);
    }

    public override string ToString() => $"Broadcast[{Id}] ({CallSite})";

    private IBroadcastStore Drivers(string operation) => _store ?? throw new SparkException(
        $"{operation} of {this} was called in a task: only the driver can do that");
}
