namespace Agora.Daemon.Containers.Cgroups;

/// <summary>What a control group holds its processes to.</summary>
/// <param name="MilliCpus">Weight against others, in thousandths of a processor.</param>
/// <param name="MemoryBytes">Beyond this the kernel kills; 0 for no limit.</param>
/// <param name="Processes">Processes and threads at once; 0 for no limit.</param>
/// <param name="IsCpuHard">No more than the weight's processors, also while others are idle.</param>
public sealed record CgroupLimits(long MilliCpus, long MemoryBytes, int Processes, bool IsCpuHard);

/// <summary>The control groups of an agent's containers, in one version of the kernel's interface.</summary>
internal interface ICgroups
{
    /// <summary>Makes a container's groups.</summary>
    /// <returns>Where its main process is to be born.</returns>
    IReadOnlyList<Birthplace> Make(string name);

    /// <summary>Sets the limits. One of memory is raised but never lowered: what is in use cannot be taken back.</summary>
    void Limit(string name, CgroupLimits limits);

    /// <summary>The processors that all groups have together, as the kernel lists them; empty if there are no sets of processors.</summary>
    string Processors { get; }

    /// <summary>Has a group's processes run on these processors only, and at once.</summary>
    void Confine(string name, string processors);

    /// <returns>Null if there is no such group.</returns>
    ResourceUsage? Usage(string name);

    /// <summary>Processes that the kernel has killed for want of memory; 0 if there is no such group.</summary>
    long OomKills(string name);

    /// <summary>Bytes; 0 for no limit, or no such group.</summary>
    long MemoryLimit(string name);

    /// <summary>Names of all groups that there are.</summary>
    IReadOnlyList<string> Existing { get; }

    /// <summary>Removes an empty group.</summary>
    /// <returns>False while processes are in it.</returns>
    bool Remove(string name);

    /// <summary>Removes the directory of all, if no group is left.</summary>
    void RemoveAll();
}
