using System.Net.Sockets;
using System.Runtime.InteropServices;
using Agora.Torque.Server.Queue;

namespace Agora.Torque.Server.Service;

/// <summary>Who is at the other end of a Unix domain socket.</summary>
internal static partial class Accounts
{
    private const int SolSocket = 1, SoPeerCred = 17, CredentialBytes = 12, UidOffset = 4;
    private const int BufferBytes = 16_384;

    /// <summary>Asks anew each time: a number may go to another user once its first is gone, and the C library caches what is far away.</summary>
    /// <exception cref="SocketException">The kernel does not say.</exception>
    public static Caller Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialBytes];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return Find(MemoryMarshal.Read<int>(credentials[UidOffset..]));
    }

    private static unsafe Caller Find(int uid)
    {
        var buffer = new byte[BufferBytes];
        fixed (byte* bytes = buffer)
        {
            var found = GetPwUid((uint)uid, out var user, bytes, BufferBytes, out var result) == 0 && result != 0;
            var name = found ? Marshal.PtrToStringUTF8(user.Name)! : $"{uid}";
            var home = found ? Marshal.PtrToStringUTF8(user.Home) : null;
            var gid = found ? user.Gid : (uint)uid;
            var group = GetGrGid(gid, out var entry, bytes, BufferBytes, out result) == 0 && result != 0
                ? Marshal.PtrToStringUTF8(entry.Name)! : $"{gid}";
            return new Caller(uid, name, group, home, uid == 0, Environment.MachineName);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct UserEntry
    {
        public nint Name, Password;
        public uint Uid, Gid;
        public nint Gecos, Home, Shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        public nint Name, Password;
        public uint Gid;
        public nint Members;
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static unsafe partial int GetPwUid(uint uid, out UserEntry entry, byte* buffer, nint length, out nint result);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static unsafe partial int GetGrGid(uint gid, out GroupEntry entry, byte* buffer, nint length, out nint result);
}
