using System.Security.Cryptography;
using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>What a <see cref="JobQueue"/> has to know of its surroundings.</summary>
/// <param name="Server">The server's name, as in job ids.</param>
/// <param name="IsFeasible">Whether all nodes of the cluster together could ever give this, however busy they are.</param>
public sealed record JobQueueOptions(string Server, Func<IReadOnlyList<NodeRequest>, bool> IsFeasible)
{
    /// <summary>Who may submit although root: <c>root</c>, <c>root@host</c>; of a queue that is made anew.</summary>
    public string? AclRoots { get; init; }

    /// <summary>Comments, accounting and logs show its time of day.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Shown in log lines and by <c>qstat -B -f</c>.</summary>
    public int ProcessId { get; init; } = Environment.ProcessId;

    /// <summary>Lines of the accounting files of the last days, today's among them, the oldest first.</summary>
    public Func<int, IEnumerable<string>> AccountingLines { get; init; } = _ => [];

    /// <summary>Lines of the server's log files of the last days, today's among them, the oldest first.</summary>
    public Func<int, IEnumerable<string>> LogLines { get; init; } = _ => [];

    /// <summary>
    /// A saved script by its digest, for queues of many jobs: those that are on disk are then not kept in memory. Null
    /// keeps them all. See <see cref="Store.QueueStore.ReadScript"/>.
    /// </summary>
    public Func<string, byte[]>? ReadScript { get; init; }

    /// <summary>What a job's remote shells want to be shown: 32 hexadecimal digits.</summary>
    public Func<string> NewToken { get; init; } = () => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
}
