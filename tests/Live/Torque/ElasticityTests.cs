using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>What the framework holds of the cluster, as the master sees it throughout.</summary>
public sealed class ElasticityTests : IAsyncLifetime
{
    private readonly TorqueCluster _cluster = new();

    public ValueTask InitializeAsync() => ((IAsyncLifetime)_cluster).InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Nothing_is_held_before_the_first_job_and_soon_after_the_last_one()
    {
        Assert.Equal(Resources.Empty, await Held());
        var id = await _cluster.Output("echo true | qsub -l nodes=4:ppn=2 -o /dev/null -e /dev/null");
        await _cluster.Becomes(id, "job_state", "C");
        await Programs.Until("all to be given back", () => Held(), held => held.IsEmpty, held => held.ToString());
        Assert.DoesNotContain("slots of", await _cluster.Output("agora tasks | grep -v -i -e finished -e killed || true"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_busy_Hadoop_jobs_run_and_the_guarantee_is_never_exceeded()
    {
        await _cluster.Output("agora roles set torque --guarantee 'cpus:4;mem:1024'");
        await _cluster.Output("seq -w 1 20000 > numbers; hadoop fs -put numbers /in");
        // Far more maps than there is time for.
        var hadoop = _cluster.Shell("hadoop jar hadoop-streaming.jar -D mapred.map.tasks=3000 -input /in -output /out -mapper 'sleep 0.2' -reducer NONE");
        await Programs.Until("Hadoop to have the cluster", () => Held("hadoop"), held => held.MilliCpus >= 4000, held => held.ToString());
        var work = TorqueCluster.NewDirectory();
        using var over = new CancellationTokenSource();
        var watching = Watch(over.Token);
        string[] ids = (await _cluster.Output("""
            for i in $(seq 6); do qsub -o /dev/null -e /dev/null <<< 'sleep 0.3'; done
            qsub -l nodes=2:ppn=2 -o /dev/null -e /dev/null <<< 'sleep 0.3'
            qsub -l procs=4 -o /dev/null -e /dev/null <<< 'sleep 0.3'
            for i in $(seq 6); do qsub -l nodes=1:ppn=2 -o /dev/null -e /dev/null <<< 'sleep 0.3'; done
            """, work)).Split('\n');
        var tooLarge = await _cluster.Output("qsub -l nodes=3:ppn=2 -o /dev/null -e /dev/null <<< true");
        foreach (var id in ids)
            await _cluster.Becomes(id, "job_state", "C");
        var comment = await Programs.Until("the reason to be told", () => _cluster.Attribute(tooLarge, "comment"), c => c is not null, _ => "no comment");
        await over.CancelAsync();
        var (most, looks) = await watching;
        Assert.True(looks > 10, $"{looks} looks");
        Assert.True(Resources.Of(4, 1024).Contains(most), $"held {most}");
        Assert.True(most.MilliCpus == 4000, $"held {most} at most, though jobs wanted it all");
        Assert.Contains("guaranteed", comment, StringComparison.Ordinal);
        Assert.False(hadoop.IsCompleted, "Hadoop was not busy all the time");
        await _cluster.Output("hadoop job -kill $(hadoop job -list | grep -o 'job_[0-9_]*' | head -1)");
        await hadoop;
        Directory.Delete(work, recursive: true);
    }

    private async Task<(Resources Most, int Looks)> Watch(CancellationToken stop)
    {
        var most = Resources.Empty;
        var looks = 0;
        while (!stop.IsCancellationRequested)
        {
            var held = await Held();
            looks++;
            most = Resources.FromScalars(Math.Max(most.MilliCpus, held.MilliCpus), Math.Max(most.MemBytes, held.MemBytes));
        }
        return (most, looks);
    }

    private Task<Resources> Held() => Held("torque");

    private async Task<Resources> Held(string framework) => (await _cluster.Snapshot()).Frameworks
        .Where(f => f.Info.Name == framework && f.Condition == FrameworkCondition.Active)
        .Aggregate(Resources.Empty, (sum, f) => sum + f.Used);
}
