/* actor RANK ACTION [VALUE]: every rank says where it is; then that rank does what the action says, and the others wait
   for it, or for ever where it does not come. */
#include <fcntl.h>
#include <mpi.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static int me, size;

/* A file where all programs of a machine meet, unless their node has a place of its own. */
static void leave_mark(void)
{
    char path[256];
    const char *mark = getenv("ACTOR_MARK");

    if (mark) {
        snprintf(path, sizeof path, "/dev/shm/%s-%d", mark, me);
        close(open(path, O_CREAT | O_WRONLY, 0600));
    }
}

static void say_where(void)
{
    struct utsname host;

    uname(&host);
    printf("rank %d pid %d on %s\n", me, (int)getpid(), host.nodename);
    fflush(stdout);
    MPI_Barrier(MPI_COMM_WORLD);
}

static void spin_while_absent(const char *file)
{
    int there = 0, all = 0;

    while (!all) {
        there = file && access(file, F_OK) == 0;
        MPI_Allreduce(&there, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
        usleep(20000);
    }
}

/* Bytes that tell their rank in the upper half and their place in the lower, so that any mixing can be undone. */
static void write_many(long count)
{
    static unsigned char buffer[4096];
    long i, n = 0;

    for (i = 0; i < count; i++) {
        buffer[n++] = 0x40 + 0x10 * me + ((unsigned)i * 2654435761u >> 28);
        if (n == sizeof buffer || i == count - 1) {
            fwrite(buffer, 1, n, stdout);
            n = 0;
        }
    }
    fflush(stdout);
}

/* Rank 0 gives back what it reads; to the others nothing may come. */
static void copy_input(void)
{
    static char buffer[65536];
    struct pollfd input = {0, POLLIN, 0};
    ssize_t n;

    if (me == 0)
        while ((n = read(0, buffer, sizeof buffer)) > 0)
            fwrite(buffer, 1, n, stdout);
    fflush(stdout);
    MPI_Barrier(MPI_COMM_WORLD);
    if (me != 0 && poll(&input, 1, 0) == 1 && read(0, buffer, sizeof buffer) > 0)
        printf("rank %d was given input\n", me);
}

int main(int argc, char **argv)
{
    int who = atoi(argv[1]), code = 0;
    const char *action = argv[2], *value = argc > 3 ? argv[3] : NULL;

    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &me);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (!strcmp(action, "say")) {
        printf("rank %d of %d says %s\n", me, size, value);
    } else if (!strcmp(action, "write")) {
        write_many(atol(value));
    } else if (!strcmp(action, "copy")) {
        copy_input();
    } else {
        leave_mark();
        say_where();
        if (!strcmp(action, "wait"))
            spin_while_absent(value);
        else if (me != who && (!strcmp(action, "exit") || !strcmp(action, "abort")))
            spin_while_absent(NULL);
        else if (!strcmp(action, "exit"))
            exit(atoi(value));
        else if (!strcmp(action, "abort"))
            MPI_Abort(MPI_COMM_WORLD, atoi(value));
        else if (!strcmp(action, "return") && me == who)
            code = atoi(value);
        else if (!strcmp(action, "once") && me == who && close(open(value, O_CREAT | O_EXCL, 0600)) == 0)
            code = 9;
    }
    MPI_Finalize();
    return code;
}
