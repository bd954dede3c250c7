using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agora.Torque.Jobs.Wire;

/// <summary>Messages on a stream: four bytes of length, the most significant first, then so many bytes of JSON.</summary>
public static class Frames
{
    /// <summary>Longer ones are refused: what sends them is no client of ours.</summary>
    public const int LengthMax = 512 << 20;

    private const int HeaderBytes = 4;

    /// <exception cref="IOException">The other side is gone.</exception>
    public static void Write<T>(Stream stream, T message, JsonTypeInfo<T> type)
    {
        var buffer = Encode(message, type);
        stream.Write(buffer);
        stream.Flush();
    }

    /// <exception cref="IOException">The other side is gone.</exception>
    public static async Task WriteAsync<T>(Stream stream, T message, JsonTypeInfo<T> type, CancellationToken stop)
    {
        await stream.WriteAsync(Encode(message, type), stop);
        await stream.FlushAsync(stop);
    }

    /// <returns>Null once the other side has closed the stream between two messages.</returns>
    /// <exception cref="IOException">The stream ends within a message.</exception>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public static T? Read<T>(Stream stream, JsonTypeInfo<T> type) where T : class
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            return null;
        var body = new byte[LengthOf(header)];
        stream.ReadExactly(body);
        return Decode(body, type);
    }

    /// <inheritdoc cref="Read{T}"/>
    public static async Task<T?> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, CancellationToken stop) where T : class
    {
        var header = new byte[HeaderBytes];
        if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, stop) < HeaderBytes)
            return null;
        var body = new byte[LengthOf(header)];
        await stream.ReadExactlyAsync(body, stop);
        return Decode(body, type);
    }

    private static byte[] Encode<T>(T message, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        var buffer = new byte[HeaderBytes + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(buffer, body.Length);
        body.CopyTo(buffer, HeaderBytes);
        return buffer;
    }

    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(header);
        return length is > 0 and <= LengthMax ? length : throw new InvalidDataException($"a message of {length} bytes");
    }

    private static T Decode<T>(byte[] body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new InvalidDataException("an empty message");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"not a message: {e.Message}", e);
        }
    }
}
