using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Locality on eight agents, every processor of which another framework wants too.</summary>
public sealed class SharedLocalityTests : IAsyncLifetime
{
    private readonly HadoopCluster _cluster = new(agents: 8);

    public async ValueTask InitializeAsync() => await _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task The_default_wait_keeps_nine_of_ten_maps_by_their_data_and_without_a_wait_far_fewer_are()
    {
        // One block with two copies, so two of the eight nodes hold it.
        await _cluster.OutputAsync("seq -w 1 20000 > numbers; hadoop fs -D dfs.replication=2 -put numbers /in");
        await using var other = new Filler(_cluster.Master, "busy", Resources.Of(1, 64), "sleep 0.3");
        await other.Framework.Hears<SchedulerEvent.Update>("its first task");

        // The eager job comes first: after the other one only the nodes with the data would have a TaskTracker already,
        // and do most of the maps while those of the other nodes start.
        var eager = await LocalShareAsync("/eager", "-D agora.locality.wait.node.ms=0 -D agora.locality.wait.rack.ms=0");
        var waiting = await LocalShareAsync("/waiting", "");
        Assert.True(waiting > 0.9, $"with the default wait {waiting:P0} of the maps were local");
        Assert.True(eager < waiting - 0.2, $"without a wait {eager:P0} of the maps were local, with it {waiting:P0}");
    }

    /// <summary>The part of its maps that the job itself reports to have run on a node with their data.</summary>
    private async Task<double> LocalShareAsync(string output, string options)
    {
        var counters = await _cluster.CountersOfAsync($"-D mapred.map.tasks=32 -D mapred.map.tasks.speculative.execution=false " +
            $"{options} -input /in -output {output} -mapper 'sleep 0.6' -reducer NONE");
        return (double)counters.GetValueOrDefault("Data-local map tasks") / counters["Launched map tasks"];
    }
}
