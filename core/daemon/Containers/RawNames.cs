using System.Runtime.InteropServices;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>Names in a directory as the bytes they are: a user's need not be text.</summary>
internal static unsafe class RawNames
{
    /// <summary>Of d_name in struct dirent.</summary>
    private const int NameOffset = 19;

    /// <param name="directory">Its path, ended by NUL.</param>
    /// <returns>The names without <c>.</c> and <c>..</c>, each ended by NUL; none if it cannot be read.</returns>
    public static List<byte[]> In(byte* directory)
    {
        List<byte[]> names = [];
        var open = Libc.opendir(directory);
        if (open == 0)
            return names;
        while (Libc.readdir(open) is var entry && entry != null)
        {
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                names.Add([.. name, 0]);
        }
        Libc.closedir(open);
        return names;
    }
}
