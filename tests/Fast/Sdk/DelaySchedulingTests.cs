using Agora.Sdk;
using Xunit;

namespace Agora.Tests.Fast.Sdk;

public class DelaySchedulingTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static DateTimeOffset At(double seconds) => Start + Seconds(seconds);

    [Fact]
    public void A_job_waits_for_a_near_node_then_for_its_rack_and_then_takes_any()
    {
        var delay = new DelayScheduling(Seconds(5), Seconds(3));
        // Another host each time: no host stands idle, only the job waits.
        for (var t = 0.0; t < 9; t += 0.5)
        {
            var expected = t < 5 ? Locality.Node : t < 8 ? Locality.Rack : Locality.Any;
            Assert.Equal(expected, delay.Allowed(At(t), $"h{t}"));
            delay.TurnedDown(At(t), $"h{t}", Seconds(0.5));
        }
    }

    [Fact]
    public void A_job_that_may_launch_far_goes_on_so_until_a_nearer_launch()
    {
        var delay = new DelayScheduling(Seconds(5), Seconds(3));
        delay.TurnedDown(At(0), "a", Seconds(8));
        Assert.Equal(Locality.Any, delay.Allowed(At(8), "b"));
        delay.Launched(At(8), Locality.Any);
        Assert.Equal(Locality.Any, delay.Allowed(At(8), "c"));
        delay.Launched(At(9), Locality.Rack);
        Assert.Equal(Locality.Rack, delay.Allowed(At(9), "c"));
        delay.TurnedDown(At(9), "c", Seconds(3));
        Assert.Equal(Locality.Any, delay.Allowed(At(12), "d"));
        delay.Launched(At(12), Locality.Node);
        Assert.Equal(Locality.Node, delay.Allowed(At(12), "d"));
    }

    [Fact]
    public void Time_without_offers_does_not_count()
    {
        var delay = new DelayScheduling(Seconds(5), Seconds(0));
        delay.TurnedDown(At(0), "a", Seconds(1));
        // The cluster is full for ten minutes; nothing could have been launched anyhow.
        Assert.Equal(Locality.Node, delay.Allowed(At(600), "a"));
        delay.TurnedDown(At(600), "a", Seconds(4));
        Assert.Equal(Locality.Any, delay.Allowed(At(604), "b"));
    }

    [Fact]
    public void Refusals_at_the_same_time_count_once()
    {
        var delay = new DelayScheduling(Seconds(5), Seconds(0));
        for (var i = 0; i < 100; i++)
            delay.TurnedDown(At(0), $"h{i}", Seconds(2));
        Assert.Equal(Locality.Node, delay.Allowed(At(2), "other"));
    }

    [Fact]
    public void A_refusal_ends_when_the_slot_opens_and_lasts_half_a_wait_at_most()
    {
        var delay = new DelayScheduling(Seconds(4), Seconds(2));
        Assert.Equal(Seconds(2), delay.Refusal(At(0), "a"));
        delay.TurnedDown(At(0), "a", Seconds(2));
        Assert.Equal(Seconds(2), delay.Refusal(At(2), "a"));
        delay.TurnedDown(At(2), "a", Seconds(2));
        // From here it is the rack's wait: half of 2 s.
        Assert.Equal(Seconds(1), delay.Refusal(At(4), "a"));
        delay.TurnedDown(At(4), "a", Seconds(1));
        Assert.Equal(Seconds(0.5), delay.Refusal(At(5.5), "a"));
        delay.TurnedDown(At(5.5), "a", Seconds(0.5));
        Assert.Equal(Seconds(0), delay.Refusal(At(6), "a"));
    }

    [Fact]
    public void Data_that_processes_hold_is_waited_for_before_that_of_their_nodes()
    {
        var delay = new DelayScheduling(Seconds(3), Seconds(2), Seconds(1));
        for (var t = 0.0; t < 7; t += 0.5)
        {
            var expected = t < 3 ? Locality.Process : t < 5 ? Locality.Node : t < 6 ? Locality.Rack : Locality.Any;
            Assert.Equal(expected, delay.Allowed(At(t), $"p{t}"));
            // Half a level's wait at most, and no longer than it takes to open the next: 1.5 s of 3 s at first.
            if (t == 0)
                Assert.Equal(Seconds(1.5), delay.Refusal(At(t), $"p{t}"));
            delay.TurnedDown(At(t), $"p{t}", Seconds(0.5));
        }
        delay.Launched(At(7), Locality.Process);
        Assert.Equal(Locality.Process, delay.Allowed(At(7), "another"));
    }

    [Fact]
    public void No_wait_means_no_delay() =>
        Assert.Equal(Locality.Any, new DelayScheduling(Seconds(0), Seconds(0)).Allowed(At(0), "a"));

    [Fact]
    public void A_host_that_others_used_meanwhile_begins_its_wait_anew()
    {
        var delay = new DelayScheduling(Seconds(4), Seconds(0));
        delay.TurnedDown(At(0), "a", Seconds(2));
        delay.Launched(At(1), Locality.Node);
        // Offered again 3 s after the refusal ended: it was not idle all that time.
        delay.TurnedDown(At(5), "a", Seconds(2));
        delay.Launched(At(6), Locality.Node);
        Assert.Equal(Locality.Node, delay.Allowed(At(7), "a"));
        delay.TurnedDown(At(7), "a", Seconds(2));
        delay.Launched(At(8), Locality.Node);
        Assert.Equal(Locality.Any, delay.Allowed(At(9), "a"));
        Assert.Equal(Locality.Node, delay.Allowed(At(9), "b"));
    }

    /// <summary>
    /// SPARK-18886: 500 tasks of 5 s all prefer one of 100 executors, wait 6 s. A timer that each local launch resets
    /// never runs up, and all 500 run on the one, for 2,500 s.
    /// </summary>
    [Fact]
    public void Local_launches_on_one_host_do_not_keep_an_idle_cluster_shut()
    {
        var delay = new DelayScheduling(Seconds(6), Seconds(0));
        var offeredAt = Enumerable.Range(0, 100).Select(_ => At(0)).ToArray();
        var (pending, local, now) = (500, 0, At(0));
        while (pending > 0)
        {
            now = offeredAt.Min();
            for (var host = 0; host < 100 && pending > 0; host++)
            {
                if (offeredAt[host] > now)
                    continue;
                var locality = host == 0 ? Locality.Node : Locality.Any;
                if (locality <= delay.Allowed(now, $"h{host}"))
                {
                    delay.Launched(now, locality);
                    pending--;
                    local += host == 0 ? 1 : 0;
                    offeredAt[host] = now + Seconds(5);
                }
                else
                {
                    var refusal = delay.Refusal(now, $"h{host}");
                    delay.TurnedDown(now, $"h{host}", refusal);
                    offeredAt[host] = now + refusal;
                }
            }
        }
        // Each round: 6 s wait, 5 s run, 99 tasks elsewhere and two on the one host: five rounds, of which the last
        // tasks start at about 50 s.
        Assert.InRange((now - At(0)).TotalSeconds, 25, 60);
        Assert.InRange(local, 5, 20);
    }

    /// <summary>
    /// The old Mesos port of Hadoop never reset its counters, so that 5 s of waiting in all, over any time, switched
    /// delay scheduling off for good.
    /// </summary>
    [Fact]
    public void Waiting_now_and_then_never_switches_it_off()
    {
        var delay = new DelayScheduling(Seconds(5), Seconds(0));
        for (var round = 0; round < 100; round++)
        {
            var t = round * 10;
            Assert.Equal(Locality.Node, delay.Allowed(At(t), $"a{round}"));
            delay.TurnedDown(At(t), $"a{round}", Seconds(2.5));
            Assert.Equal(Locality.Node, delay.Allowed(At(t + 4), $"b{round}"));
            delay.Launched(At(t + 4), Locality.Node);
        }
    }

    /// <summary>
    /// The paper's small-job case: 10 tasks with 3 replicas each on 100 nodes. Others keep the cluster busy, so each
    /// 0.1 s one random node has a free slot, which is gone if not taken.
    /// </summary>
    [Theory]
    [InlineData(0, 0, 60)]
    [InlineData(5, 90, 100)]
    public void In_a_busy_cluster_a_short_wait_makes_nearly_all_tasks_local(double wait, int least, int most)
    {
        var random = new Random(1);
        var (local, all) = (0, 0);
        for (var job = 0; job < 50; job++)
        {
            var delay = new DelayScheduling(Seconds(wait), Seconds(0));
            var tasks = Enumerable.Range(0, 10)
                .Select(_ => Enumerable.Range(0, 3).Select(_ => random.Next(100)).ToArray()).ToList();
            for (var slot = 0; tasks.Count > 0; slot++)
            {
                var (now, node) = (At(slot * 0.1), random.Next(100));
                var index = tasks.FindIndex(t => t.Contains(node));
                var locality = index >= 0 ? Locality.Node : Locality.Any;
                if (locality > delay.Allowed(now, $"h{node}"))
                {
                    delay.TurnedDown(now, $"h{node}", delay.Refusal(now, $"h{node}"));
                    continue;
                }
                delay.Launched(now, locality);
                tasks.RemoveAt(Math.Max(index, 0));
                local += index >= 0 ? 1 : 0;
                all++;
            }
        }
        Assert.InRange(100 * local / all, least, most);
    }

    [Fact]
    public void Hosts_that_do_not_come_back_are_forgotten()
    {
        var delay = new DelayScheduling(Seconds(5), Seconds(0));
        for (var i = 0; i < 100_000; i++)
            delay.TurnedDown(At(i), $"h{i}", Seconds(1));
        Assert.InRange(delay.HostsKept, 1, 1_024);
    }
}
