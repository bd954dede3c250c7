using System.Diagnostics;

namespace Agora.Mpi.Launch;

/// <summary>The libraries' own <c>mpiexec</c>, which does all there is to do once there are hosts.</summary>
internal static class LibraryLauncher
{
    private static readonly string[] MpichNames = ["mpiexec.hydra", "mpiexec.mpich", "mpirun.mpich"];
    private static readonly string[] OpenMpiNames = ["mpiexec.openmpi", "mpirun.openmpi", "orterun"];
    private static readonly string[] CommonNames = ["mpiexec", "mpirun"];

    /// <exception cref="MpiFailure">It is not installed.</exception>
    public static string Find(MpiFlavour flavour)
    {
        var (names, title, package) = flavour == MpiFlavour.Mpich ? (MpichNames, "MPICH", "mpich") : (OpenMpiNames, "Open MPI", "openmpi-bin");
        return names.Select(ProgramLookup.Find).FirstOrDefault(p => p is not null)
            ?? Common().Where(c => c.Flavour == flavour).Select(c => c.Path).FirstOrDefault()
            ?? throw new MpiFailure($"{title}'s own mpiexec is not there", $"none of {string.Join(", ", names)} is in PATH",
                $"install it (Debian: apt-get install {package}), or put its directory into PATH");
    }

    /// <summary>What a program that says nothing is started with: whatever this machine's <c>mpiexec</c> is, else what there is.</summary>
    public static MpiFlavour Default()
    {
        if (Common().Select(c => (MpiFlavour?)c.Flavour).FirstOrDefault() is { } usual)
            return usual;
        return MpichNames.Any(n => ProgramLookup.Find(n) is not null) ? MpiFlavour.Mpich : MpiFlavour.OpenMpi;
    }

    /// <summary>Those with a name that says nothing, and are not this program.</summary>
    private static IEnumerable<(string Path, MpiFlavour Flavour)> Common()
    {
        foreach (var path in CommonNames.SelectMany(ProgramLookup.Candidates).Where(ProgramLookup.IsProgram))
        {
            var real = ProgramLookup.Real(path);
            if (real == Environment.ProcessPath)
                continue;
            if (FlavourOf(real) is { } flavour)
                yield return (path, flavour);
        }
    }

    private static MpiFlavour? FlavourOf(string launcher)
    {
        var name = Path.GetFileName(launcher);
        if (name.Contains("hydra", StringComparison.Ordinal) || name.Contains("mpich", StringComparison.Ordinal))
            return MpiFlavour.Mpich;
        if (name is "orterun" or "prterun" || name.Contains("openmpi", StringComparison.Ordinal))
            return MpiFlavour.OpenMpi;
        using var asked = Process.Start(new ProcessStartInfo(launcher, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true });
        if (asked is null)
            return null;
        asked.BeginErrorReadLine();
        var said = asked.StandardOutput.ReadToEnd();
        return said.Contains("HYDRA", StringComparison.OrdinalIgnoreCase) ? MpiFlavour.Mpich
            : said.Contains("Open MPI", StringComparison.Ordinal) || said.Contains("OpenRTE", StringComparison.Ordinal) ? MpiFlavour.OpenMpi : null;
    }
}
