using System.Collections.Frozen;

namespace Agora.Mpi.Launch;

/// <summary>
/// Which options of the libraries' own <c>mpiexec</c> take values: what comes after them is the program. Hydra's and Open
/// MPI's do not contradict each other. Names are without their one or two dashes.
/// </summary>
internal static class LibraryOptions
{
    private static readonly FrozenSet<string> WithOne = FrozenSet.ToFrozenSet([
        // Hydra 4.0
        "genvlist", "wdir", "wd", "configfile", "envlist", "launcher", "launcher-exec", "bootstrap", "bootstrap-exec", "rmk",
        "bind-to", "membind", "topolib", "demux", "iface", "ppn", "perhost", "grr", "prepend-pattern", "outfile-pattern",
        "errfile-pattern", "outfile", "errfile", "nameserver", "localhost", "usize", "order-nodes", "gpus-per-proc",
        "umask", "path", "arch", "pmi-port", "port-range",
        // Open MPI 4.1
        "x", "rank-by", "ranking-policy", "npernode", "N", "npersocket", "output-filename", "stdin", "prefix", "preload-files",
        "am", "tune", "max-restarts", "report-pid", "report-uri", "server-wait-time", "ompi-server", "rankfile", "rf",
        "slot-list", "cpu-list", "cpu-set", "xterm", "xml-file", "max-vm-size", "personality", "ppr", "cpus-per-proc",
        "debugger", "mapping-policy", "dvm", "state-novm-select", "display-devel", "hnp", "fwd-mpirun-port",
    ], StringComparer.Ordinal);

    private static readonly FrozenSet<string> WithTwo =
        FrozenSet.ToFrozenSet(["genv", "env", "mca", "gmca", "omca", "pmca"], StringComparer.Ordinal);

    /// <summary>How many words follow an option; none where it is not known.</summary>
    public static int ValuesOf(string name) => WithOne.Contains(name) ? 1 : WithTwo.Contains(name) ? 2 : 0;

    /// <summary>Options that read their programs from a file, which are then not seen here.</summary>
    public static bool NamesProgramsElsewhere(string name) => name is "configfile" or "app" or "ompi-server";

    /// <summary>Options that make the library say something and start nothing.</summary>
    public static bool OnlyTells(string name) => name is "version" or "V" or "info";
}
