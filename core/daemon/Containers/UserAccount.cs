using System.Runtime.InteropServices;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>A user of this machine.</summary>
/// <param name="Groups">All groups, primary first.</param>
internal sealed partial record UserAccount(string Name, int UserId, IReadOnlyList<int> Groups)
{
    private const int TextBytesMax = 64 << 10, GroupsMax = 4096;

    public int PrimaryGroup => Groups[0];

    /// <returns>Null if the machine knows no such user.</returns>
    public static unsafe UserAccount? Find(string name)
    {
        using var text = new NativeText();
        var buffer = stackalloc byte[TextBytesMax];
        Passwd entry;
        Passwd* found;
        if (getpwnam_r(text.Of(name), &entry, buffer, TextBytesMax, &found) != 0 || found == null)
            return null;
        var count = GroupsMax;
        var groups = new int[GroupsMax];
        fixed (int* first = groups)
            if (getgrouplist(text.Of(name), entry.GroupId, first, &count) < 0)
                return null;
        return new UserAccount(name, entry.UserId, groups[..count]);
    }

    /// <summary>struct passwd.</summary>
    private unsafe struct Passwd
    {
        public byte* Name, Password;
        public int UserId, GroupId;
        public byte* RealName, Home, Shell;
    }

    [LibraryImport("libc")]
    private static unsafe partial int getpwnam_r(byte* name, Passwd* entry, byte* buffer, nuint size, Passwd** found);

    [LibraryImport("libc")]
    private static unsafe partial int getgrouplist(byte* name, int group, int* groups, int* count);
}
