using System.Globalization;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers.Cgroups;

/// <summary>The files that control groups are read and written by.</summary>
internal static class CgroupFiles
{
    public const string Processes = "cgroup.procs";

    /// <summary>A number beyond which a limit counts as none.</summary>
    private const long None = long.MaxValue >> 12 << 12;

    public static void Write(string directory, string file, long value) =>
        File.WriteAllText(Path.Combine(directory, file), value.ToString(CultureInfo.InvariantCulture));

    public static void Write(string directory, string file, string value) => File.WriteAllText(Path.Combine(directory, file), value);

    /// <returns>The number in the file; 0 for <c>max</c>, for what stands for no limit, and if there is no such file.</returns>
    public static long Read(string directory, string file)
    {
        var text = ReadText(directory, file);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < None ? value : 0;
    }

    /// <returns>The number behind the key, in a file of lines <c>key number</c>; 0 if there is none.</returns>
    public static long Read(string directory, string file, string key)
    {
        foreach (var line in ReadText(directory, file).Split('\n'))
            if (line.Split(' ') is [var name, var value] && name == key)
                return long.Parse(value, CultureInfo.InvariantCulture);
        return 0;
    }

    /// <summary>Removes an empty group; its files go with it.</summary>
    /// <returns>False if something is in it.</returns>
    public static unsafe bool Remove(string directory)
    {
        using var text = new NativeText();
        return Libc.rmdir(text.Of(directory)) == 0 || !Directory.Exists(directory);
    }

    /// <returns>Without white space around; empty if there is no such file.</returns>
    public static string ReadText(string directory, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, file)).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
