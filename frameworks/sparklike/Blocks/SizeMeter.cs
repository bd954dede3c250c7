using System.Runtime.CompilerServices;

namespace Agora.Spark.Blocks;

/// <summary>Estimates what values take that come one after another, from some of them: all at first, then ever fewer.</summary>
internal struct SizeMeter<T>
{
    /// <summary>Of so many values at least one is looked at.</summary>
    private const int GapMax = 1024;

    private long _count, _lookAt, _eachBytes;

    public SizeMeter() => _eachBytes = Unsafe.SizeOf<T>();

    /// <summary>Of all values so far.</summary>
    public long Bytes { get; private set; }

    public void Add(T value)
    {
        if (!ObjectSize.IsFixed<T>() && _count == _lookAt)
        {
            _eachBytes = ObjectSize.Of(value);
            _lookAt = _count + Math.Clamp(_count / 8, 1, GapMax);
        }
        _count++;
        Bytes += _eachBytes;
    }
}
