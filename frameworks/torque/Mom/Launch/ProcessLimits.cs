using System.Globalization;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Native;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom.Launch;

/// <summary>The limits of a job that the kernel keeps for each process; a breach is a call of the process's that fails.</summary>
internal static class ProcessLimits
{
    public static IReadOnlyList<ProcessLimit> Of(JobLimits limits)
    {
        List<ProcessLimit> all = [];
        void Add(int resource, params ReadOnlySpan<long?> values)
        {
            long? least = null;
            foreach (var value in values)
                least = value is null || least <= value ? least : value;
            if (least is { } limit)
                all.Add(new ProcessLimit(resource, (ulong)limit));
        }

        Add(Libc.RLIMIT_RSS, limits.MemBytes, limits.PmemBytes);
        Add(Libc.RLIMIT_DATA, limits.MemBytes, limits.PmemBytes);
        Add(Libc.RLIMIT_AS, limits.VmemBytes, limits.PvmemBytes);
        Add(Libc.RLIMIT_FSIZE, limits.FileBytes);
        // The whole job's is looked at from outside; one process alone is at its end here.
        Add(Libc.RLIMIT_CPU, limits.PcputSeconds);
        return all;
    }

    /// <summary>
    /// The same for a shell, to stand before a command: what runs it is not the session program. Empty for no limits.
    /// </summary>
    public static string ShellPrefix(JobLimits limits)
    {
        var words = Of(limits).Select(l => l.Resource switch
        {
            Libc.RLIMIT_RSS => Kilobytes('m', l.Value),
            Libc.RLIMIT_DATA => Kilobytes('d', l.Value),
            Libc.RLIMIT_AS => Kilobytes('v', l.Value),
            // In blocks of 512 bytes, as POSIX has it.
            Libc.RLIMIT_FSIZE => string.Create(CultureInfo.InvariantCulture, $"ulimit -f {(l.Value + 511) / 512}; "),
            _ => string.Create(CultureInfo.InvariantCulture, $"ulimit -t {l.Value}; "),
        });
        return string.Concat(words);
    }

    private static string Kilobytes(char letter, ulong bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"ulimit -{letter} {(bytes + 1023) / 1024} 2>/dev/null; ");
}
