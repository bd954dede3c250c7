using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Agora.Torque.Cli;

/// <summary>What a process has from the shell that started it.</summary>
internal static partial class ProcessEnvironment
{
    private const int PathBytesMax = 4096;

    public static IEnumerable<KeyValuePair<string, string>> All()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            yield return new((string)variable.Key, (string?)variable.Value ?? "");
    }

    /// <summary>Standard input as it is: the console's own stream would take a terminal over, and edit lines.</summary>
    public static Stream OpenInput() => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>The current directory by the name the shell has for it, which may lead over links.</summary>
    public static string Directory
    {
        get
        {
            var real = Environment.CurrentDirectory;
            if (Environment.GetEnvironmentVariable("PWD") is not { Length: > 0 } shell || shell == real || shell[0] != '/')
                return real;
            var resolved = new byte[PathBytesMax];
            return RealPath(shell, resolved) != 0 && Encoding.UTF8.GetString(resolved, 0, Array.IndexOf(resolved, (byte)0)) == real ? shell : real;
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, byte[] resolved);
}
