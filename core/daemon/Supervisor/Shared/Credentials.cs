using System.Runtime.InteropServices;

namespace Agora.Supervisor.Shared;

/// <summary>
/// Lends this thread a user's identity for the moment of a start. Linux keeps identities by thread, and a child gets
/// its starting thread's; the saved user id stays root's here, and is overwritten in the child by exec. So the child is
/// the user for good, and programs and sandbox are opened with the user's rights, without a helper in between.
/// </summary>
internal static unsafe class Credentials
{
    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static long SetGroups => IsArm ? 159 : 116;
    private static long SetGroupIds => IsArm ? 149 : 119;
    private static long SetUserIds => IsArm ? 147 : 117;

    /// <param name="groups">Primary group first.</param>
    /// <returns>0 or the error number.</returns>
    public static int Become(int user, IReadOnlyList<int> groups)
    {
        int[] all = [.. groups];
        fixed (int* first = all)
            if (Libc.syscall(SetGroups, all.Length, (long)first, 0, 0) < 0)
                return Libc.Errno;
        if (Libc.syscall(SetGroupIds, all[0], all[0], 0, 0) < 0 || Libc.syscall(SetUserIds, user, user, 0, 0) < 0)
            return Libc.Errno;
        return 0;
    }

    public static void Return()
    {
        _ = Libc.syscall(SetUserIds, 0, 0, 0, 0);
        _ = Libc.syscall(SetGroupIds, 0, 0, 0, 0);
        _ = Libc.syscall(SetGroups, 0, 0, 0, 0);
    }
}
