/* Every rank writes lines as fast as it can. Each has characters of its own, so that what arrives can be told apart and
   checked byte by byte however the ranks' outputs are mixed: eight digits of the line's number and a filler. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    const int width = 92;
    int rank, lines = argc > 1 ? atoi(argv[1]) : 1000, i, d, n;
    char line[93];

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    memset(line, '0' + 10 * rank + 9, width);
    line[width] = '\n';
    for (i = 0; i < lines; i++) {
        for (d = 7, n = i; d >= 0; d--, n /= 8)
            line[d] = '0' + 10 * rank + n % 8;
        fwrite(line, 1, width + 1, stdout);
    }
    fflush(stdout);
    MPI_Finalize();
    return 0;
}
