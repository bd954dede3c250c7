using System.Diagnostics;
using System.Text;

namespace Agora.Mpi.Launch;

/// <summary>
/// Finds out whose library a program is linked to. Started by the wrong <c>mpiexec</c> it would run as so many programs
/// of one rank each, with exit code 0 and wrong results.
/// </summary>
internal static class FlavourDetection
{
    /// <summary>Larger files are no programs that call MPI by name.</summary>
    private const long ScannedBytesMax = 64 << 20;

    private static readonly (byte[] Name, MpiFlavour Flavour)[] LibraryNames = [.. new[]
    {
        ("libmpich.so", MpiFlavour.Mpich), ("libmpi.so.12", MpiFlavour.Mpich),
        ("libmpi.so.40", MpiFlavour.OpenMpi), ("libmpi.so.20", MpiFlavour.OpenMpi), ("libopen-rte.so", MpiFlavour.OpenMpi),
    }.SelectMany(n => new[] { (Encoding.ASCII.GetBytes(n.Item1), n.Item2), (Encoding.Unicode.GetBytes(n.Item1), n.Item2) })];

    /// <param name="command">Program and arguments.</param>
    /// <param name="program">The program's file.</param>
    /// <returns>Null if it cannot be told, or is no MPI program.</returns>
    public static MpiFlavour? Of(string program, IReadOnlyList<string> command)
    {
        // A program linked to the library itself names it; only where it does so through another one, the loader has to look.
        if (((IsSmallFile(program) ? Only(NamedIn(program)) : null) ?? Only(LinkedTo(program))) is { } linked)
            return linked;
        // What loads the library while it runs: .NET programs, and interpreters with their scripts.
        var files = new[] { program, Path.ChangeExtension(ProgramLookup.Real(program), ".dll"), ProgramLookup.Real(program) + ".dll" }
            .Concat(command.Skip(1).Where(a => !a.StartsWith('-')).Take(1)).Distinct().Where(IsSmallFile).ToList();
        if (Only(files.SelectMany(NamedIn)) is { } named)
            return named;
        return files.Any(f => Holds(f, "mpi4py"u8)) ? OfPython(program, command) : null;
    }

    /// <summary>From what the loader lists; a library that is missing here is named all the same.</summary>
    private static IEnumerable<MpiFlavour> LinkedTo(string program)
    {
        if (!IsElf(program))
            return [];
        var listed = Output("ldd", [program]);
        return LibraryNames.Where(n => n.Name[1] != 0 && listed.Contains(Encoding.ASCII.GetString(n.Name), StringComparison.Ordinal))
            .Select(n => n.Flavour);
    }

    private static IEnumerable<MpiFlavour> NamedIn(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return LibraryNames.Where(n => bytes.AsSpan().IndexOf(n.Name) >= 0).Select(n => n.Flavour);
    }

    /// <summary>mpi4py is built against one library.</summary>
    private static MpiFlavour? OfPython(string program, IReadOnlyList<string> command)
    {
        var interpreter = IsElf(program) ? program : Interpreter(program);
        if (interpreter is null)
            return null;
        var directory = Output(interpreter, ["-c", "import mpi4py; print(mpi4py.__path__[0])"]).Trim();
        return Directory.Exists(directory)
            ? Only(Directory.EnumerateFiles(directory, "MPI*.so").SelectMany(LinkedTo)) : null;
    }

    private static string? Interpreter(string script)
    {
        using var reader = new StreamReader(script);
        if (reader.ReadLine() is not ['#', '!', .. var line])
            return null;
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var env, var name, ..] && env.EndsWith("/env", StringComparison.Ordinal) ? ProgramLookup.Find(name) : words.FirstOrDefault();
    }

    private static MpiFlavour? Only(IEnumerable<MpiFlavour> found) =>
        found.Distinct().ToList() is [var one] ? one : null;

    private static bool IsSmallFile(string path) => File.Exists(path) && new FileInfo(path).Length <= ScannedBytesMax;

    private static bool Holds(string file, ReadOnlySpan<byte> text) => File.ReadAllBytes(file).AsSpan().IndexOf(text) >= 0;

    private static bool IsElf(string path)
    {
        var magic = new byte[4];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, magic, 0) == magic.Length && magic.AsSpan().SequenceEqual("\u007fELF"u8);
    }

    private static string Output(string program, IReadOnlyList<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
