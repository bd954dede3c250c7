using System.CommandLine;

namespace Agora.Workloads.Mpi;

internal static class MpiCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer runs, smaller problems" };
        var command = new Command("mpi", """
            MPI programs through Agora against the libraries' own mpiexec with a shell script as launcher, in turn, in the
            same run: what starting costs, HPL, NetPIPE, and 100 MB of output.

            Installs MPICH, Open MPI and the programs if they are missing, and starts a cluster of three agents of its own.
            A ratio above its target is marked with '!', but is no failure.

            Example:
              agora bench mpi --quick
            """) { quick };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var cluster = await BenchCluster.StartAsync("--agents 3 --cpus 2 --mem 4096 --no-services", cancellation);
            return BenchCluster.Measure(() => new MpiBench(cluster, parsed.GetValue(quick)).Run());
        });
        return command;
    }
}
