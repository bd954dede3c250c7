using System.Runtime.InteropServices;

namespace Agora.Torque.Cli.Submit;

/// <summary>The terminal that the command was called from.</summary>
internal sealed partial class Terminal : IDisposable
{
    private const int In = 0, Out = 1, Now = 0;
    private const nuint GetWindowSize = 0x5413;

    /// <summary>More than the kernel's structure has on any machine.</summary>
    private const int SettingsBytes = 256;

    private readonly byte[] _before = new byte[SettingsBytes];

    /// <summary>Every key goes to the other side as it is, until this is disposed of.</summary>
    public Terminal()
    {
        _ = GetSettings(In, _before);
        var raw = (byte[])_before.Clone();
        MakeRaw(raw);
        _ = SetSettings(In, Now, raw);
    }

    /// <summary>Both input and output are a terminal.</summary>
    public static bool IsThere => IsTerminal(In) == 1 && IsTerminal(Out) == 1;

    /// <summary>Rows and columns; a usual size where nothing is known.</summary>
    public static (int Rows, int Columns) Size
    {
        get
        {
            Span<ushort> size = stackalloc ushort[4];
            return Control(Out, GetWindowSize, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[0], size[1]) : (24, 80);
        }
    }

    public void Dispose() => _ = SetSettings(In, Now, _before);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTerminal(int file);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetSettings(int file, byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetSettings(int file, int when, byte[] settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte[] settings);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, Span<ushort> size);
}
