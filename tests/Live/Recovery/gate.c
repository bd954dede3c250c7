/* gate FILE: every rank says that it is there; together they wait for the file, and then say how many they are. */
#include <mpi.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int me, one = 1, sum, there = 0, all = 0;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &me);
    printf("rank %d\n", me);
    fflush(stdout);
    while (!all) {
        there = argc > 1 && access(argv[1], F_OK) == 0;
        MPI_Allreduce(&there, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
        usleep(20000);
    }
    MPI_Reduce(&one, &sum, 1, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
    if (me == 0)
        printf("sum %d\n", sum);
    MPI_Finalize();
    return 0;
}
