using Agora.Mpi.Scheduling;

namespace Agora.Mpi.Launch;

/// <summary>The command line for the library's own <c>mpiexec</c>.</summary>
internal static class LibraryCommand
{
    /// <param name="rankProgram">What stands before each program of MPICH's; see <see cref="Host.RankProgram"/>.</param>
    public static IReadOnlyList<string> Build(
        MpiOptions options, MpiFlavour flavour, string launcher, IReadOnlyList<string> rankProgram)
    {
        List<string> words = [launcher];
        if (options.Mapping == Mapping.Node)
            words.AddRange(flavour == MpiFlavour.Mpich ? ["-ppn", "1"] : ["--map-by", "node"]);
        else if (options.Mapping == Mapping.Slot && flavour == MpiFlavour.OpenMpi)
            words.AddRange(["--map-by", "slot"]);
        foreach (var (program, i) in options.Programs.Select((p, i) => (p, i)))
        {
            if (i > 0)
                words.Add(":");
            // The library would take all the slots there are, also those that are held for ranks still to be spawned.
            words.AddRange(["-n", $"{program.Ranks ?? 1}"]);
            words.AddRange(program.Options);
            if (flavour == MpiFlavour.Mpich)
                words.AddRange(rankProgram);
            words.AddRange(program.Command);
        }
        return words;
    }
}
