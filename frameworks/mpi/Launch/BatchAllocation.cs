using Agora.RemoteShell;

namespace Agora.Mpi.Launch;

/// <summary>The nodes that a batch job has already: inside one, <c>mpiexec</c> takes these and asks nobody for more.</summary>
/// <param name="Lines">The nodes in order, each as often as it has slots.</param>
/// <param name="IsAll">All of the job's, as its own node file has them.</param>
internal sealed record BatchAllocation(IReadOnlyList<string> Lines, bool IsAll)
{
    /// <summary>Environment variable with the path of a batch job's node file.</summary>
    public const string NodeFile = "PBS_NODEFILE";

    /// <returns>Null outside a batch job, and where another cluster is named.</returns>
    /// <exception cref="MpiFailure">A node is asked for that is not the job's.</exception>
    public static BatchAllocation? Find(MpiOptions options)
    {
        if (options.Master is not null || Environment.GetEnvironmentVariable(NodeFile) is not { Length: > 0 } file ||
            Environment.GetEnvironmentVariable(RemoteHosts.Variable) is not { Length: > 0 })
            return null;
        try
        {
            return Choose([.. File.ReadLines(file).Select(l => l.Trim()).Where(l => l.Length > 0)], options.HostLines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MpiFailure("the batch job's nodes are not known", e.Message, "call mpiexec in the job's script, on its first node");
        }
    }

    /// <param name="all">Of the job.</param>
    /// <param name="asked">Of the command line; empty takes all.</param>
    /// <exception cref="MpiFailure">A node is asked for that is not the job's.</exception>
    public static BatchAllocation Choose(IReadOnlyList<string> all, IReadOnlyList<string> asked)
    {
        if (asked.FirstOrDefault(a => !all.Contains(a)) is { } stranger)
        {
            throw new MpiFailure($"{stranger} is not one of this batch job's nodes", $"it has {string.Join(", ", all.Distinct())}",
                $"name some of those, or none; ${NodeFile} lists them", 2);
        }
        return asked.Count == 0 ? new BatchAllocation(all, true) : new BatchAllocation(asked, all.SequenceEqual(asked));
    }

    /// <summary>One rank a slot where nobody says how many.</summary>
    public MpiOptions Fill(MpiOptions options) => options.Programs is [{ Ranks: null } only]
        ? options with { Programs = [only with { Ranks = Lines.Count }] } : options;
}
