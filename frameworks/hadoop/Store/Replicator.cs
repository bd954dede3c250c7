using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Agora.Hadoop.Store;

/// <summary>
/// Keeps the copies of blocks as many and as whole as they are to be: asks who is alive, carries out what
/// <see cref="ReplicationPlan"/> orders, and reads all copies through, slowly, to find damage nobody has met.
/// </summary>
internal sealed class Replicator(
    Namespace names, BlockFiles files, StoreOptions options, ILiveAgents? agents, TimeProvider time, Action<string> log)
{
    private const int PageBlocks = 1000, CopiesAtOnceMax = 2;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2), RetryAfter = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly NodeLiveness _liveness = new(options.Nodes, options.DeadAfter, PollInterval * 3);

    public IReadOnlySet<string> Living => _liveness.Living;

    public DateTimeOffset LastSeen(string node) => _liveness.LastSeen(node) ?? time.GetUtcNow();

    /// <summary>Has all blocks looked at again soon.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public void ReportDamage(long block, IEnumerable<string> nodes)
    {
        foreach (var node in nodes)
        {
            if (!names.MarkDamaged(block, node))
                continue;
            log($"the copy of block {block} on {node} is damaged or missing");
            Wake();
        }
    }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(PollAsync(stop), RepairAsync(stop), ScrubAsync(stop));

    /// <summary>Asks once which agents are there.</summary>
    public async Task HearAsync(CancellationToken stop)
    {
        if (agents is null || await agents.HostnamesAsync(stop) is not { } there || !_liveness.Hear(there, time.GetUtcNow()))
            return;
        var dead = options.Nodes.Where(n => !Living.Contains(n)).ToList();
        log(dead.Count == 0 ? "all nodes are alive" : $"without an agent, so counted as dead: {string.Join(", ", dead)}");
        Wake();
    }

    /// <summary>Looks at all blocks once and carries out what is to be done for them.</summary>
    /// <returns>False if something failed and should be tried again.</returns>
    public async Task<bool> RepairOnceAsync(CancellationToken stop)
    {
        var load = new ConcurrentDictionary<string, long>(
            names.Load().Select(l => KeyValuePair.Create(l.Key, l.Value.Copies)));
        var failed = false;
        for (var after = 0L; ;)
        {
            var page = names.BlocksAfter(after, PageBlocks);
            if (page.Count == 0)
                return !failed;
            await Parallel.ForEachAsync(page, new ParallelOptions
            {
                MaxDegreeOfParallelism = CopiesAtOnceMax,
                CancellationToken = stop,
            }, (block, _) =>
            {
                foreach (var order in ReplicationPlan.Orders(block, options.Nodes, Living, n => load.GetValueOrDefault(n)))
                    if (!CarryOut(block.Id, order, load))
                        failed = true;
                return ValueTask.CompletedTask;
            });
            after = page[^1].Id;
        }
    }

    /// <summary>Reads the copies of the block after one, and notes the damaged ones.</summary>
    /// <returns>The block that was read; 0 if there is none after it.</returns>
    public long ScrubNext(long after)
    {
        if (names.BlocksAfter(after, 1) is not [{ } block])
            return 0;
        if (names.Contents(block.Id) is { } contents)
        {
            foreach (var node in block.Replicas.Where(r => !r.IsDamaged).Select(r => r.Node))
            {
                using var reader = files.Open(contents, [node]);
                var buffer = new byte[BlockFiles.ChunkBytes];
                try
                {
                    for (var at = 0L; at < contents.Length; at += buffer.Length)
                        reader.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, contents.Length - at)));
                }
                catch (IOException)
                {
                    ReportDamage(block.Id, [node]);
                }
            }
        }
        return block.Id;
    }

    private async Task PollAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        do
            await HearAsync(stop);
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task RepairAsync(CancellationToken stop)
    {
        Wake();
        while (true)
        {
            await _wake.Reader.ReadAsync(stop);
            if (await RepairOnceAsync(stop))
                continue;
            await Task.Delay(RetryAfter, time, stop);
            Wake();
        }
    }

    private async Task ScrubAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.ScrubInterval, time);
        var last = 0L;
        while (await timer.WaitForNextTickAsync(stop))
            last = ScrubNext(last);
    }

    private bool CarryOut(long block, ReplicationOrder order, ConcurrentDictionary<string, long> load)
    {
        try
        {
            if (order is ReplicationOrder.Copy copy)
            {
                if (names.Contents(block) is not { } contents)
                    return true;
                using var reader = files.Open(contents, copy.From);
                try
                {
                    files.Copy(reader, copy.To);
                }
                finally
                {
                    ReportDamage(block, reader.Damaged);
                }
                if (names.AddReplica(block, copy.To))
                    load.AddOrUpdate(copy.To, 1, (_, n) => n + 1);
                else
                    files.Delete(block, [copy.To]);
            }
            else if (order is ReplicationOrder.Remove remove && names.RemoveReplica(block, remove.Node))
            {
                files.Delete(block, [remove.Node]);
                load.AddOrUpdate(remove.Node, 0, (_, n) => n - 1);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log($"block {block}: {e.Message}");
            return false;
        }
    }
}
