namespace Agora.Mpi.Launch;

internal static class MpiUsage
{
    public const string Text = """
        Usage: mpiexec [options] [-n RANKS] PROGRAM [ARGUMENTS] [: [options] -n RANKS PROGRAM …]

        Runs an unmodified MPICH or Open MPI program on an Agora cluster: takes all its slots at once, starts it there with
        the library's own mpiexec, and ends with the program's exit code. 'mpirun' is the same.

          -n, -np RANKS           processes (1)
          --map-by slot|node      fill each node before the next, or one rank a node in turn (slot)
          --cpus-per-rank CPUS    processors of each rank (1; 0.5 is half of one)
          --mem-per-rank MIB      memory of each rank (256; 2g is 2048)
          --slots SLOTS           hold more slots than ranks, for MPI_Comm_spawn
          -host, -hosts, -H LIST; -f, --hostfile FILE
                                  use these agents only
          --mpi mpich|openmpi     which library, where the program does not tell; the default, auto, finds out
          --wait SECONDS          how long to wait for the slots (300)
          --timeout SECONDS       how long all of it may take, waiting included
          --restarts N            start it again so many times if it fails
          --role ROLE, --name NAME
                                  the role to share as, and the job's name
          --master URL            the cluster; default $AGORA_MASTER, else that of 'agora up'

        All other options go to the library's mpiexec: -genv, -env, -wdir, -x, --mca, --bind-to …

        Examples:
          mpiexec -n 8 ./a.out
          mpiexec -n 2 --map-by node --cpus-per-rank 2 ./hybrid : -n 1 ./io

        Exit code: the program's own; 128 + signal if a rank was killed; 110 after a time limit; 126, 127 if the program
        cannot be run.

        """;
}
