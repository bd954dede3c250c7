using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Mom.Life;

/// <summary>What a job's processes use at one moment.</summary>
/// <param name="CputSeconds">User and system time, of ended processes too.</param>
/// <param name="LargestVmemBytes">Of any one process.</param>
internal sealed record UsageSample(double CputSeconds, long MemBytes, long VmemBytes, long LargestVmemBytes);

/// <summary>A limit that a job is over.</summary>
/// <param name="Status">What the server is told as its exit status.</param>
/// <param name="Text">What the job's error file says of it, in Torque's words.</param>
internal sealed record Breach(int Status, string Text)
{
    /// <summary>The line, with Torque's heading; scripts look for it.</summary>
    public string Line => $"=>> PBS: job killed: {Text}\n";
}

/// <summary>Holds what a job uses against what it may use.</summary>
internal static class LimitCheck
{
    /// <returns>Null if the time is not over.</returns>
    public static Breach? OfWalltime(JobLimits limits, TimeSpan walltime) =>
        limits.WalltimeSeconds is { } limit && walltime.TotalSeconds >= limit
            ? new Breach(ExitStatus.OverWalltime, $"walltime {Math.Max((long)walltime.TotalSeconds, limit + 1)} exceeded limit {limit}") : null;

    /// <returns>Null if it is within all of its limits.</returns>
    public static Breach? OfUsage(JobLimits limits, UsageSample sample)
    {
        if (limits.CputSeconds is { } cput && sample.CputSeconds > cput)
            return new Breach(ExitStatus.OverCput, $"cput {(long)Math.Ceiling(sample.CputSeconds)} exceeded limit {cput}");
        if (limits.VmemBytes is { } vmem && sample.VmemBytes > vmem)
            return new Breach(ExitStatus.OverMemory, $"vmem {sample.VmemBytes} exceeded limit {vmem}");
        if (limits.PvmemBytes is { } pvmem && sample.LargestVmemBytes > pvmem)
            return new Breach(ExitStatus.OverMemory, "pvmem exceeded limit");
        if (limits.MemBytes is { } mem && sample.MemBytes > mem)
            return new Breach(ExitStatus.OverMemory, $"mem job total {sample.MemBytes / 1024} kb exceeded limit {mem / 1024} kb");
        return null;
    }
}
