using Agora.Spark.Records;

namespace Agora.Spark;

/// <summary>Single values as bytes.</summary>
internal static class RecordBytes
{
    [ThreadStatic]
    private static RecordWriter? _writer;

    /// <summary>What a thread's writer may keep for the next value, in bytes.</summary>
    private const int KeptMax = 1 << 20;

    /// <exception cref="CodecException">The value holds what cannot be written.</exception>
    public static byte[] Of<T>(T value)
    {
        var codec = RecordCodec<T>.Default;
        var writer = Interlocked.Exchange(ref _writer, null) ?? new RecordWriter();
        codec.Write(writer, value);
        var bytes = writer.Written.ToArray();
        writer.Clear();
        if (bytes.Length <= KeptMax)
            _writer = writer;
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are of something else.</exception>
    public static T To<T>(ReadOnlyMemory<byte> bytes) => RecordCodec<T>.Default.Read(new RecordReader(bytes));

    /// <summary>To be told of it at the user's line rather than in a task.</summary>
    /// <param name="what">What needs it, for the message.</param>
    /// <exception cref="SparkException">Values of the type cannot be written.</exception>
    public static void ThrowIfRefused<T>(string what)
    {
        try
        {
            _ = RecordCodec<T>.Default;
        }
        catch (CodecException e)
        {
            throw new SparkException($"{what}: {e.Message}", e);
        }
    }
}
