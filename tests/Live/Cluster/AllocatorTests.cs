using Agora.Cluster.Allocation;
using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>An allocation module from another assembly: whoever came last goes first.</summary>
public sealed class LastComeFirstServed : IAllocator
{
    public string Name => "last-come-first-served";
    public bool InUnits => false;
    public int CompareRoles(Standing a, Standing b) => string.CompareOrdinal(b.Name, a.Name);
    public int CompareFrameworks(Standing a, Standing b) => string.CompareOrdinal(b.Name, a.Name);
}

/// <summary>One that cannot be used: it cannot be made without being told something.</summary>
public sealed class Picky(string name) : IAllocator
{
    public string Name { get; } = name;
    public bool InUnits => false;
    public int CompareRoles(Standing a, Standing b) => 0;
    public int CompareFrameworks(Standing a, Standing b) => 0;
}

public sealed class AllocatorTests
{
    private static readonly string Dll = typeof(LastComeFirstServed).Assembly.Location;

    [Fact]
    public async Task A_plug_in_allocator_is_loaded_and_named_by_status()
    {
        await using var cluster = new LiveCluster();
        var up = await cluster.Up("--agents", "1", "--allocator", $"{typeof(LastComeFirstServed).FullName},{Dll}");
        Assert.True(up.ExitCode == 0, up.ToString());
        var status = await cluster.Agora("status");
        Assert.Contains("allocator last-come-first-served", status.Text, StringComparison.Ordinal);

        // What comes free is all offered to the one with the highest id.
        await using var first = new LiveFramework(cluster, new FrameworkInfo(null, "first"));
        var offer = await first.Offer();
        await using var second = new LiveFramework(cluster, new FrameworkInfo(null, "second"));
        await second.Hears<SchedulerEvent.Subscribed>("its subscription");
        first.Call(new SchedulerCall.Decline([offer.Id], "", TimeSpan.Zero));
        Assert.Equal(offer.Resources, (await second.Offer()).Resources);
    }

    public static readonly TheoryData<string, string> Unusable = new()
    {
        { "fair", "no allocator 'fair': it is drf, priority, or Type,Assembly.dll" },
        { "Some.Type,/nowhere/plugin.dll", "/nowhere/plugin.dll does not exist" },
        { $"No.Such.Type,{Dll}", "has no type No.Such.Type" },
        { $"{typeof(AllocatorTests).FullName},{Dll}", "does not implement Agora.Cluster.Allocation.IAllocator" },
        { $"{typeof(Picky).FullName},{Dll}", "cannot be made" },
        { $"{typeof(Picky).FullName},{Path.ChangeExtension(Dll, ".runtimeconfig.json")}", "cannot be made" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task An_allocator_that_cannot_be_used_is_refused(string allocator, string why)
    {
        var home = Directory.CreateTempSubdirectory("agora-allocator-").FullName;
        try
        {
            var refused = await Programs.Run(home, Path.Combine(Programs.Bin, "agora-master"),
                "--port", "0", "--work-dir", home, "--allocator", allocator);
            Programs.AssertRefused(refused, 2, "the allocator cannot be used", "--help");
            Assert.Contains(why, refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
