/* Two ranks start four more, which take part in a sum over all. */
#include <mpi.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    MPI_Comm others, all;
    int rank, size, sum;

    MPI_Init(&argc, &argv);
    MPI_Comm_get_parent(&others);
    if (others == MPI_COMM_NULL) {
        MPI_Comm_spawn(argv[0], MPI_ARGV_NULL, 4, MPI_INFO_NULL, 0, MPI_COMM_WORLD, &others, MPI_ERRCODES_IGNORE);
        MPI_Intercomm_merge(others, 0, &all);
    } else {
        MPI_Intercomm_merge(others, 1, &all);
    }
    MPI_Comm_rank(all, &rank);
    MPI_Comm_size(all, &size);
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, all);
    if (rank == 0)
        printf("%d ranks together, sum %d\n", size, sum);
    /* Neither side may end while the other still speaks to it. */
    MPI_Barrier(all);
    MPI_Comm_free(&all);
    MPI_Comm_disconnect(&others);
    MPI_Finalize();
    return 0;
}
