using System.Runtime.InteropServices;

namespace Agora.Supervisor.Shared;

/// <summary>
/// The calls of the C library that the supervisor and the agent make, as they are in its headers; values are those of
/// Linux on x64 and arm64. A negative result leaves the reason in <see cref="Errno"/>.
/// </summary>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_TRUNC = 0x200,
        O_APPEND = 0x400, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;

    /// <summary>These two differ between processor families.</summary>
    public static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000, O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;

    public const int EINTR = 4, ENOENT = 2, ESRCH = 3, ENXIO = 6, ENOEXEC = 8, ECHILD = 10, EAGAIN = 11, EACCES = 13,
        EEXIST = 17, ENOTDIR = 20, ETXTBSY = 26, ENOSPC = 28;

    public const int SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18;
    public const int POLLIN = 1;
    public const int AT_FDCWD = -100, AT_EACCESS = 0x200, X_OK = 1;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static int Errno => Marshal.GetLastPInvokeError();

    /// <summary>What the last failed call complained of, in the system's words.</summary>
    public static string ErrorText(int errno) => Marshal.PtrToStringUTF8((nint)strerror(errno)) ?? $"error {errno}";

    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    /// <summary>struct rusage; times are seconds and microseconds, the peak is KiB.</summary>
    public struct ResourceUse
    {
        public long UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds, MaxRssKib;
        public fixed long Rest[13];

        public readonly long CpuMicroseconds =>
            (UserSeconds + SystemSeconds) * 1_000_000 + UserMicroseconds + SystemMicroseconds;
    }

    /// <summary>struct statx, as far as it is of use.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatX
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(48)] public ulong Blocks;
        [FieldOffset(96)] public long ChangedSeconds;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    [LibraryImport("libc")]
    private static partial byte* strerror(int errno);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, StatX* facts);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int rmdir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int renameat(int fromDirectory, byte* from, int toDirectory, byte* to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmodat(int directory, byte* path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int faccessat(int directory, byte* path, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkfifo(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int lchown(byte* path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pipe2(int* fds, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollFd* fds, ulong count, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int chdir(byte* path);

    [LibraryImport("libc")]
    public static partial void umask(uint mask);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    [LibraryImport("libc")]
    public static partial int getpid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mount(byte* source, byte* target, byte* kind, ulong flags, void* data);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdirat(int directory, byte* path, uint mode);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    public static partial nint signal(int number, nint handler);

    [LibraryImport("libc")]
    public static partial void sigemptyset(SignalSet* set);

    [LibraryImport("libc")]
    public static partial void sigaddset(SignalSet* set, int signal);

    [LibraryImport("libc")]
    public static partial int sigismember(SignalSet* set, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pthread_sigmask(int how, SignalSet* set, SignalSet* previous);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int signalfd(int fd, SignalSet* mask, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int wait4(int pid, int* status, int options, ResourceUse* use);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrusage(int who, ResourceUse* use);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial void _exit(int code);

    [LibraryImport("libc")]
    public static partial void nanosleep(Timespec* time, Timespec* left);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint opendir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* readdir(nint directory);

    [LibraryImport("libc")]
    public static partial void closedir(nint directory);

    [LibraryImport("libc")]
    public static partial long sysconf(int name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long number, long a, long b, long c, long d);

    [LibraryImport("libc")]
    public static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv,
        byte** env);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    public static partial void posix_spawn_file_actions_addchdir_np(void* actions, byte* path);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_setsigmask(void* attributes, SignalSet* mask);

    [LibraryImport("libc")]
    public static partial void posix_spawnattr_setsigdefault(void* attributes, SignalSet* signals);

    /// <summary>sigset_t.</summary>
    public struct SignalSet
    {
        public const int Words = 16;
        public fixed ulong Bits[Words];
    }
}
