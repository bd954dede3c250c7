using System.Runtime.InteropServices;

namespace Agora.Torque.Mom.Native;

/// <summary>A user of this machine.</summary>
/// <param name="Groups">All groups, primary first.</param>
/// <param name="Shell">The login shell.</param>
internal sealed record UserAccount(string Name, int UserId, IReadOnlyList<int> Groups, string Home, string Shell)
{
    private const int TextBytesMax = 64 << 10, GroupsMax = 4096;
    private const string UsualShell = "/bin/sh";

    /// <param name="group">To be the primary one; null takes the user's.</param>
    /// <returns>Null if the machine knows no such user, or no such group.</returns>
    public static unsafe UserAccount? Find(string name, string? group)
    {
        using var text = new NativeText();
        var buffer = new byte[TextBytesMax];
        fixed (byte* bytes = buffer)
        {
            Libc.Passwd entry;
            Libc.Passwd* found;
            if (Libc.getpwnam_r(text.Of(name), &entry, bytes, TextBytesMax, &found) != 0 || found == null)
                return null;
            var (user, primary) = (entry.UserId, entry.GroupId);
            var home = Marshal.PtrToStringUTF8((nint)entry.Home) ?? "/";
            var shell = Marshal.PtrToStringUTF8((nint)entry.Shell) is { Length: > 0 } own ? own : UsualShell;
            if (group is not null)
            {
                Libc.GroupEntry groupEntry;
                Libc.GroupEntry* foundGroup;
                if (Libc.getgrnam_r(text.Of(group), &groupEntry, bytes, TextBytesMax, &foundGroup) != 0 || foundGroup == null)
                    return null;
                primary = groupEntry.GroupId;
            }
            var count = GroupsMax;
            var groups = new int[GroupsMax];
            fixed (int* first = groups)
            {
                if (Libc.getgrouplist(text.Of(name), primary, first, &count) < 0)
                    return null;
            }
            return new UserAccount(name, user, groups[..count], home, shell);
        }
    }
}
