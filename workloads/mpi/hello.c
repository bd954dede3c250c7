/* Says where each rank is; all ranks agree on the sum of their numbers. */
#include <mpi.h>
#include <stdio.h>
#include <sys/utsname.h>

int main(int argc, char **argv)
{
    int rank, size, sum = 0;
    struct utsname host;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    uname(&host);
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    printf("rank %d of %d on %s, sum %d\n", rank, size, host.nodename, sum);
    MPI_Finalize();
    return 0;
}
