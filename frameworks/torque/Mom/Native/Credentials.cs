using System.Runtime.InteropServices;

namespace Agora.Torque.Mom.Native;

/// <summary>
/// Who a thread is. Linux keeps identities by thread, so a process of root's may lend one to its thread for a moment:
/// files are then opened with the user's rights, and with the user's alone.
/// </summary>
internal static unsafe class Credentials
{
    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly long SetGroups = IsArm ? 159 : 116, SetGroupIds = IsArm ? 149 : 119, SetUserIds = IsArm ? 147 : 117;

    /// <summary>Becomes the user and can come back by <see cref="Return"/>.</summary>
    /// <param name="groups">Primary group first.</param>
    /// <returns>0 or the error number.</returns>
    public static int Become(int user, ReadOnlySpan<int> groups)
    {
        fixed (int* first = groups)
        {
            if (Libc.syscall(SetGroups, groups.Length, (long)first, 0, 0) < 0)
                return Libc.Errno;
        }
        return Libc.syscall(SetGroupIds, groups[0], groups[0], 0, 0) < 0 || Libc.syscall(SetUserIds, user, user, 0, 0) < 0
            ? Libc.Errno : 0;
    }

    public static void Return()
    {
        _ = Libc.syscall(SetUserIds, 0, 0, 0, 0);
        _ = Libc.syscall(SetGroupIds, 0, 0, 0, 0);
        _ = Libc.syscall(SetGroups, 0, 0, 0, 0);
    }

    /// <summary>Becomes the user for good. Allocates nothing: it is called between fork and exec.</summary>
    /// <returns>0 or the error number.</returns>
    public static int BecomeForGood(int user, int* groups, int count)
    {
        if (Libc.syscall(SetGroups, count, (long)groups, 0, 0) < 0 ||
            Libc.syscall(SetGroupIds, groups[0], groups[0], groups[0], 0) < 0 || Libc.syscall(SetUserIds, user, user, user, 0) < 0)
            return Libc.Errno;
        return 0;
    }
}
