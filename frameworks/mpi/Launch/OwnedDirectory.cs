namespace Agora.Mpi.Launch;

/// <summary>
/// A directory for temporary files that goes with its owner. One whose owner was killed goes with the next that the same
/// user makes.
/// </summary>
internal sealed class OwnedDirectory : IDisposable
{
    private const string Prefix = "agora-mpi-", Owner = "owner";

    /// <summary>A directory without an owner is one that is just being made, or its maker was killed at that.</summary>
    private static readonly TimeSpan MakingMax = TimeSpan.FromMinutes(1);

    /// <summary>Locked for as long as this process lives.</summary>
    private readonly FileStream _owner;

    public OwnedDirectory()
    {
        Sweep();
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;
        var made = File(Owner + ".new");
        _owner = new FileStream(made, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        // Others see it only now that it is locked.
        System.IO.File.Move(made, File(Owner));
    }

    public string Path { get; }

    /// <summary>The path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        _owner.Dispose();
    }

    private static void Sweep()
    {
        foreach (var left in new DirectoryInfo(System.IO.Path.GetTempPath()).EnumerateDirectories(Prefix + "*"))
        {
            try
            {
                using var owner = OwnerOf(left);
                left.Delete(recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its owner lives, or is somebody else, or it is being made.
            }
        }
    }

    /// <returns>Null if it never had one.</returns>
    /// <exception cref="IOException">It lives, or the directory is being made.</exception>
    private static FileStream? OwnerOf(DirectoryInfo left)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(left.FullName, Owner), FileMode.Open, FileAccess.Write, FileShare.None);
        }
        catch (FileNotFoundException) when (TimeProvider.System.GetUtcNow() - left.LastWriteTimeUtc > MakingMax)
        {
            return null;
        }
    }
}
