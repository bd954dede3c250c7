namespace Agora.Security;

/// <summary>Files that hold secrets: nobody but their owner may read or change them.</summary>
public static class PrivateFile
{
    private const int TextLengthMax = 4 << 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
            UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="SecurityFileException">It cannot be read, is too large, or others may read it.</exception>
    public static string Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if ((File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                throw new SecurityFileException($"{path} holds secrets and others than its owner may use it; run: chmod 600 {path}");
            return ReadText(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SecurityFileException(e.Message, e);
        }
    }

    /// <summary>Reads a file that anybody may read, no more of it than is sensible.</summary>
    /// <exception cref="SecurityFileException">It cannot be read or is too large.</exception>
    public static string ReadPublic(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return ReadText(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SecurityFileException(e.Message, e);
        }
    }

    /// <summary>Writes it in place of what was there, at no moment readable by others.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, string text)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        using (var writer = new StreamWriter(file))
            writer.Write(text);
        File.Move(temporary, path, overwrite: true);
    }

    private static string ReadText(FileStream file, string path)
    {
        if (file.Length > TextLengthMax)
            throw new SecurityFileException($"{path} is larger than {TextLengthMax} bytes");
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
