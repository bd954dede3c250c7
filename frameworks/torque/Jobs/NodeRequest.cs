namespace Agora.Torque.Jobs;

/// <summary>
/// A number of like nodes that a job asks for: one part of <c>nodes=2:ppn=4:fast+1:ppn=8</c>, or one chunk of
/// <c>select=2:ncpus=4:mem=2gb</c>.
/// </summary>
/// <param name="Count">Nodes.</param>
/// <param name="Slots">Processors on each.</param>
/// <param name="Host">The node's name, where one is asked for; then <paramref name="Count"/> is 1.</param>
/// <param name="Properties">All of these the node must have.</param>
/// <param name="Lines">Lines in the node file for each node (<c>mpiprocs</c>).</param>
/// <param name="MemoryBytes">On each node; null where the job's own memory counts.</param>
/// <param name="Threads"><c>ompthreads</c>; null where not given.</param>
/// <param name="Exclusive">The whole node, whatever it has, is the job's.</param>
/// <param name="Anywhere">
/// <paramref name="Count"/> is of slots wherever they are, several on one node allowed: <c>procs=8</c>.
/// </param>
/// <param name="MayShare">The nodes need not be different ones, as chunks of <c>select=</c> need not unless scattered.</param>
public sealed record NodeRequest(
    int Count, int Slots, string? Host, IReadOnlyList<string> Properties, int Lines,
    long? MemoryBytes = null, int? Threads = null, int Gpus = 0, bool Exclusive = false, bool Anywhere = false,
    bool MayShare = false)
{
    /// <summary>One node with one processor, as a job without any wish gets it.</summary>
    public static readonly NodeRequest One = new(1, 1, null, [], 1);
}
