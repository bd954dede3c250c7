using System.Globalization;

namespace Agora.Workloads.Live;

/// <summary>Clusters whose nodes are slow on purpose, so that jobs contend for them and not for the machine below.</summary>
internal sealed class Quota(decimal perNode)
{
    private bool _isRefused;

    /// <summary>For the report.</summary>
    public string Note => _isRefused
        ? "This machine lets nobody limit processors (control groups cannot be written), so the nodes are not held to a part of one: " +
          "jobs that run alone on a static partition use the whole machine, and sharing looks worse than it is."
        : $"Each node with all that runs on it is held to {perNode:0.##} of a processor by a control group. Masters, JobTrackers, the " +
          "batch server, drivers and the commands run outside of that, on what the machine has left.";

    /// <summary>
    /// Starts a cluster whose nodes can be held to the part of a processor, or free where nothing can hold them. They have the
    /// whole machine until <see cref="Hold"/>, so that it takes less time to make everything ready.
    /// </summary>
    public async Task<BenchCluster> StartAsync(string options, CancellationToken cancellation)
    {
        if (!_isRefused)
        {
            try
            {
                return await BenchCluster.StartAsync($"{options} --cpu-quota {Environment.ProcessorCount}", cancellation);
            }
            catch (WrongOutputException e) when (e.Message.Contains("cannot be held to a part", StringComparison.Ordinal))
            {
                _isRefused = true;
            }
        }
        return await BenchCluster.StartAsync(options, cancellation);
    }

    /// <summary>From now on each node of the cluster has no more than its part of a processor.</summary>
    public void Hold(BenchCluster cluster)
    {
        if (_isRefused)
            return;
        foreach (var group in cluster.NodeGroups())
        {
            var isVersion2 = File.Exists(Path.Combine(group, "cpu.max"));
            var period = File.ReadAllText(Path.Combine(group, isVersion2 ? "cpu.max" : "cpu.cfs_period_us")).Trim().Split(' ')[^1];
            var part = ((long)(perNode * long.Parse(period, CultureInfo.InvariantCulture))).ToString(CultureInfo.InvariantCulture);
            File.WriteAllText(Path.Combine(group, isVersion2 ? "cpu.max" : "cpu.cfs_quota_us"), isVersion2 ? $"{part} {period}" : part);
        }
    }
}
