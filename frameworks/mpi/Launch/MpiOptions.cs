using Agora.Mpi.Scheduling;

namespace Agora.Mpi.Launch;

/// <summary>One program of a job; several are written with <c>:</c> between them.</summary>
/// <param name="Options">The library's own, as they were given.</param>
/// <param name="Ranks">How many processes; null where it is not said.</param>
/// <param name="Command">Program and arguments.</param>
internal sealed record MpiProgram(IReadOnlyList<string> Options, int? Ranks, IReadOnlyList<string> Command);

/// <summary>What <c>mpiexec</c> was asked to do.</summary>
internal sealed record MpiOptions(IReadOnlyList<MpiProgram> Programs)
{
    /// <summary>The one after <c>--mpi</c>; null for whatever the program is linked to.</summary>
    public MpiFlavour? Library { get; init; }
    public Mapping? Mapping { get; init; }
    public decimal CpusPerRank { get; init; } = 1;

    /// <summary>In MiB.</summary>
    public long MemPerRank { get; init; } = 256;

    /// <summary>Slots to hold, for ranks that are spawned later; null for one a rank.</summary>
    public int? Slots { get; init; }

    /// <summary>For the whole of it, waiting included; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>For the slots; null where it is not said.</summary>
    public TimeSpan? Wait { get; init; }
    public string Role { get; init; } = FrameworkInfo.DefaultRole;
    public string? Name { get; init; }
    public string? Master { get; init; }
    public int Restarts { get; init; }
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The same as it was given: each host as often as slots are named on it, in that order.</summary>
    public IReadOnlyList<string> HostLines { get; init; } = [];

    public int Ranks => Programs.Sum(p => p.Ranks ?? 1);
}

/// <summary>Whose library an MPI program is linked to.</summary>
internal enum MpiFlavour
{
    Mpich,
    OpenMpi,
}
