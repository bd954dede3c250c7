using Agora.Web;
using Xunit;

namespace Agora.Tests.Fast.Web;

public class ShareHistoryTests
{
    private static readonly Resources Total = Resources.Of(100, 1000);
    private readonly ShareHistory _history = new();
    private int _steps;

    private void Add(params Holding[] holdings) =>
        _history.Add(new HoldingsView(DateTimeOffset.UnixEpoch + ShareHistory.FineStep * _steps++, Total, holdings));

    private static Holding Holding(int number, decimal cpus, long mem = 0) =>
        new(new FrameworkId($"f-{number:000}"), $"framework {number}", Resources.Of(cpus, mem));

    [Fact]
    public void A_point_has_each_frameworks_parts_of_the_cluster()
    {
        Add(Holding(1, 25, 100), Holding(2, 50), Holding(3, 0));
        var point = Assert.Single(_history.Fine);
        // The one that holds nothing is not there; the larger one comes first.
        Assert.Equal([("framework 2", 0.5, 0.0), ("framework 1", 0.25, 0.1)], point.Parts.Select(p => (p.Name, p.Cpus, p.Mem)));
    }

    [Fact]
    public void Of_very_many_frameworks_the_small_ones_are_one()
    {
        // 25 of which 20 are told apart: the other five hold 1 each.
        Add([.. Enumerable.Range(1, 20).Select(i => Holding(i, 2)), .. Enumerable.Range(21, 5).Select(i => Holding(i, 1))]);
        var parts = _history.Fine[0].Parts;
        Assert.Equal(ShareHistory.PartsMax + 1, parts.Count);
        Assert.Equal((null, 0.05), (parts[^1].FrameworkId, Math.Round(parts[^1].Cpus, 6)));
    }

    [Fact]
    public void Only_the_last_ten_minutes_are_kept_finely_and_a_day_coarsely()
    {
        for (var i = 0; i < ShareHistory.FineMax + 10; i++)
            Add(Holding(1, 10));
        Assert.Equal(ShareHistory.FineMax, _history.Fine.Count);
        Assert.Equal(DateTimeOffset.UnixEpoch + ShareHistory.FineStep * 10, _history.Fine[0].Time);
        // 310 fine points of 2 s are two times 5 minutes and a bit.
        Assert.Equal(2, _history.Coarse.Count);
    }

    [Fact]
    public void A_coarse_point_is_the_mean_of_its_fine_ones()
    {
        var perCoarse = (int)(ShareHistory.CoarseStep / ShareHistory.FineStep);
        for (var i = 0; i < perCoarse; i++)
            Add(i < perCoarse / 2 ? [Holding(1, 40)] : []);
        // 40 % for half of the time.
        Assert.Equal(0.2, Assert.Single(Assert.Single(_history.Coarse).Parts).Cpus, 6);
    }

    [Fact]
    public void A_cluster_without_agents_has_no_parts()
    {
        _history.Add(new HoldingsView(DateTimeOffset.UnixEpoch, Resources.Empty, [Holding(1, 1)]));
        Assert.Empty(_history.Fine[0].Parts);
    }
}
