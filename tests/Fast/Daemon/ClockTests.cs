using Agora.Cluster;
using Agora.Cluster.Allocation;
using Agora.Daemon.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public class ClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What is on the wall can be set; the time that passes is its own.</summary>
    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Shown { get; set; } = Noon;
        public TimeSpan Passed { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override DateTimeOffset GetUtcNow() => Shown + Passed;
        public override long GetTimestamp() => Passed.Ticks;
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public void A_steady_clock_does_not_follow_one_that_is_set(double seconds)
    {
        var wall = new WallClock();
        var steady = new SteadyClock(wall);
        wall.Passed += TimeSpan.FromSeconds(3);
        wall.Shown += TimeSpan.FromSeconds(seconds);
        Assert.Equal(Noon.AddSeconds(3), steady.GetUtcNow());
        wall.Passed += TimeSpan.FromSeconds(4);
        Assert.Equal(Noon.AddSeconds(7), steady.GetUtcNow());
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task For_a_master_time_goes_on_when_its_machine_s_clock_is_set(double seconds)
    {
        var wall = new WallClock();
        var directory = Directory.CreateTempSubdirectory("agora-clock-");
        await using var store = new RegistryStore(new SqliteState(Path.Combine(directory.FullName, "registry.db")));
        var host = new MasterHost(new MasterOptions(), new DrfAllocator(), Registry.Empty, store, wall, NullLogger<MasterHost>.Instance);
        using var end = new CancellationTokenSource();
        var running = host.RunAsync(end.Token);
        wall.Passed += TimeSpan.FromSeconds(1);
        Assert.Equal(Noon.AddSeconds(1), (await host.SnapshotAsync(withTasks: false)).Time);
        wall.Shown += TimeSpan.FromSeconds(seconds);
        wall.Passed += TimeSpan.FromSeconds(2);
        Assert.Equal(Noon.AddSeconds(3), (await host.SnapshotAsync(withTasks: false)).Time);
        await end.CancelAsync();
        await running;
        directory.Delete(recursive: true);
    }
}
