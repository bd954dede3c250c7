using System.Runtime.InteropServices;

namespace Agora.Torque.Mom.Native;

/// <summary>A user of this machine.</summary>
/// <param name="Groups">All groups, primary first.</param>
/// <param name="Shell">The login shell.</param>
internal sealed record UserAccount(string Name, int UserId, IReadOnlyList<int> Groups, string Home, string Shell)
{
    private const int TextBytes = 4 << 10, TextBytesMax = 64 << 10, GroupCount = 64, GroupsMax = 4096, Range = 34;
    private const string UsualShell = "/bin/sh";

    /// <param name="group">To be the primary one; null takes the user's.</param>
    /// <returns>Null if the machine knows no such user, or no such group.</returns>
    public static unsafe UserAccount? Find(string name, string? group)
    {
        using var text = new NativeText();
        var user = text.Of(name);
        // Few accounts are longer than the first buffer, and each job asks.
        return Find(name, user, group is null ? null : text.Of(group), TextBytes, GroupCount, out var isCut) is var found && isCut
            ? Find(name, user, group is null ? null : text.Of(group), TextBytesMax, GroupsMax, out _) : found;
    }

    private static unsafe UserAccount? Find(string name, byte* user, byte* group, int textBytes, int groupCount, out bool isCut)
    {
        isCut = false;
        var bytes = stackalloc byte[textBytes];
        Libc.Passwd entry;
        Libc.Passwd* found;
        if (Libc.getpwnam_r(user, &entry, bytes, (nuint)textBytes, &found) is var failure && (failure != 0 || found == null))
        {
            isCut = failure == Range;
            return null;
        }
        var (id, primary) = (entry.UserId, entry.GroupId);
        var home = Marshal.PtrToStringUTF8((nint)entry.Home) ?? "/";
        var shell = Marshal.PtrToStringUTF8((nint)entry.Shell) is { Length: > 0 } own ? own : UsualShell;
        if (group != null)
        {
            Libc.GroupEntry groupEntry;
            Libc.GroupEntry* foundGroup;
            failure = Libc.getgrnam_r(group, &groupEntry, bytes, (nuint)textBytes, &foundGroup);
            if (failure != 0 || foundGroup == null)
            {
                isCut = failure == Range;
                return null;
            }
            primary = groupEntry.GroupId;
        }
        var groups = stackalloc int[groupCount];
        var count = groupCount;
        if (Libc.getgrouplist(user, primary, groups, &count) < 0)
        {
            isCut = true;
            return null;
        }
        return new UserAccount(name, id, new ReadOnlySpan<int>(groups, count).ToArray(), home, shell);
    }
}
