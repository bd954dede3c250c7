using System.Formats.Tar;
using System.IO.Compression;

namespace Agora.Hadoop.Tasks;

/// <summary>Archives that jobs ship: zip and jar, tar, tgz and tar.gz; anything else is left as it is.</summary>
internal static class Archive
{
    /// <summary>Unpacks an archive beside itself; what would go elsewhere is refused.</summary>
    /// <exception cref="AttemptFailedException">It is not what its name says.</exception>
    public static async Task UnpackAsync(string path)
    {
        var directory = Path.GetDirectoryName(path)!;
        try
        {
            if (HasSuffix(path, ".zip", ".jar"))
                await ZipFile.ExtractToDirectoryAsync(path, directory, overwriteFiles: true);
            else if (HasSuffix(path, ".tar"))
                await TarFile.ExtractToDirectoryAsync(path, directory, overwriteFiles: true);
            else if (HasSuffix(path, ".tgz", ".tar.gz"))
                await UnpackGzipAsync(path, directory);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new AttemptFailedException($"the archive {Path.GetFileName(path)} cannot be unpacked: {e.Message}");
        }
    }

    private static async Task UnpackGzipAsync(string path, string directory)
    {
        await using var packed = File.OpenRead(path);
        await using var plain = new GZipStream(packed, CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(plain, directory, overwriteFiles: true);
    }

    private static bool HasSuffix(string path, params ReadOnlySpan<string> suffixes)
    {
        foreach (var suffix in suffixes)
            if (path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
