namespace Agora.Spark.Records;

/// <summary>
/// The objects within one value that may be referred to again, numbered as they come; from the outermost object of such
/// a type to its end.
/// </summary>
internal sealed class ReferenceTable
{
    /// <summary>Up to as many a look through the list is faster than hashing.</summary>
    private const int ScannedMax = 12;

    private readonly List<object?> _objects = [];
    private readonly Dictionary<object, int> _indices = new(ReferenceEqualityComparer.Instance);
    private int _depth;

    public void Clear()
    {
        _depth = 0;
        Forget();
    }

    /// <returns>The object's number if it was met before; otherwise -1, and it is open until <see cref="Leave"/>.</returns>
    public int EnterWriting(object value)
    {
        var index = IndexOf(value);
        if (index >= 0)
            return index;
        if (_objects.Count == ScannedMax)
            for (var i = 0; i < ScannedMax; i++)
                _indices.Add(_objects[i]!, i);
        if (_objects.Count >= ScannedMax)
            _indices.Add(value, _objects.Count);
        _objects.Add(value);
        _depth++;
        return -1;
    }

    /// <returns>The number of an object that is about to be made.</returns>
    public int EnterReading()
    {
        _objects.Add(null);
        _depth++;
        return _objects.Count - 1;
    }

    /// <summary>The object is made, though maybe not filled.</summary>
    public void Set(int index, object value) => _objects[index] = value;

    public object Get(int index) => (index < _objects.Count ? _objects[index] : null)
        ?? throw new InvalidDataException("an object is referred to that is not there yet");

    public void Leave()
    {
        if (--_depth == 0)
            Forget();
    }

    private int IndexOf(object value)
    {
        if (_objects.Count > ScannedMax)
            return _indices.TryGetValue(value, out var known) ? known : -1;
        for (var i = 0; i < _objects.Count; i++)
            if (ReferenceEquals(_objects[i], value))
                return i;
        return -1;
    }

    private void Forget()
    {
        _objects.Clear();
        _indices.Clear();
    }
}
