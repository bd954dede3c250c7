using Agora.Spark.Closures;
using Agora.Spark.Records;

namespace Agora.Spark;

/// <summary>
/// A collection of the driver's, cut into slices. To executors it goes as each slice's bytes, which all tasks there share:
/// a task takes a copy of its own slice and of no other.
/// </summary>
internal sealed class Slices<T> : IShipped
{
    // The one in the driver, the other on executors.
    private readonly T[][]? _slices;
    private readonly byte[][]? _bytes;
    private Packed? _surrogate;

    private Slices(T[][]? slices, byte[][]? bytes) => (_slices, _bytes) = (slices, bytes);

    public static Slices<T> Of(T[][] slices) => new(slices, null);

    public int Count => _slices?.Length ?? _bytes!.Length;

    public IReadOnlyList<T> this[int slice] => _slices is null ? Unpack(_bytes![slice]) : _slices[slice];

    object IShipped.Surrogate => _surrogate ??= new Packed([.. _slices!.Select(Pack)]);

    private static byte[] Pack(T[] slice)
    {
        var writer = new RecordWriter();
        RecordCodec<T[]>.Default.Write(writer, slice);
        return writer.Written.ToArray();
    }

    private static T[] Unpack(byte[] slice) => RecordCodec<T[]>.Default.Read(new RecordReader(slice));

    private sealed class Packed(byte[][] slices) : IRestored
    {
        public bool IsShared => true;

        public object Restore() => new Slices<T>(null, slices);
    }
}
