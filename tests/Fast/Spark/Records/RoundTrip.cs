using Agora.Spark.Records;

namespace Agora.Tests.Fast.Spark.Records;

/// <summary>Values through the bytes of their codec.</summary>
internal static class RoundTrip
{
    public static T Of<T>(T value)
    {
        var reader = new RecordReader(Bytes(value));
        var read = RecordCodec<T>.Default.Read(reader);
        Xunit.Assert.Equal(0, reader.Remaining);
        return read;
    }

    public static byte[] Bytes<T>(T value)
    {
        var writer = new RecordWriter();
        RecordCodec<T>.Default.Write(writer, value);
        return writer.Written.ToArray();
    }
}
