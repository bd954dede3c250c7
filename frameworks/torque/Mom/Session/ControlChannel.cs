using System.Buffers.Binary;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Session;

/// <summary>The session program's end of the connection with its mom: descriptor 0.</summary>
internal static unsafe class ControlChannel
{
    public const int Descriptor = 0;

    /// <returns>Null once the mom is gone.</returns>
    public static byte[]? Read()
    {
        var header = stackalloc byte[SessionWire.HeaderBytes];
        if (!ReadExactly(header, SessionWire.HeaderBytes))
            return null;
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(header, SessionWire.HeaderBytes))];
        fixed (byte* bytes = body)
            return ReadExactly(bytes, body.Length) ? body : null;
    }

    /// <summary>What cannot be sent is of interest to nobody: the mom is gone.</summary>
    public static void Write(SessionEvent said)
    {
        var frame = SessionWire.Encode(said);
        fixed (byte* bytes = frame)
            Descriptors.WriteAll(Descriptor, bytes, frame.Length);
    }

    private static bool ReadExactly(byte* buffer, int count)
    {
        for (var have = 0; have < count;)
        {
            var got = Libc.read(Descriptor, buffer + have, count - have);
            if (got < 0 && Libc.Errno == Libc.EINTR)
                continue;
            if (got <= 0)
                return false;
            have += (int)got;
        }
        return true;
    }
}
