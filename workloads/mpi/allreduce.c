/* Sums a million numbers over all ranks and checks each. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int rank, size, i, wrong = 0;
    const int n = 1000000;
    double *mine = malloc(n * sizeof *mine), *sum = malloc(n * sizeof *sum);

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (i = 0; i < n; i++)
        mine[i] = (double)i + rank;
    MPI_Allreduce(mine, sum, n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    for (i = 0; i < n; i++)
        wrong += sum[i] != (double)size * i + size * (size - 1) / 2;
    printf("rank %d: %d of %d wrong\n", rank, wrong, n);
    MPI_Finalize();
    return wrong != 0;
}
