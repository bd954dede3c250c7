using Agora.Cluster;
using Agora.Cluster.Allocation;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    [Fact]
    public void A_lone_framework_is_offered_the_whole_of_every_agent()
    {
        var bench = new MasterBench();
        bench.Register("node1", "cpus:4;mem:1024;ports:[31000-31009]");
        bench.Register("node2", "cpus:8;mem:2048");
        var framework = bench.Subscribe();
        bench.Pass();
        // In one event, however many agents there are.
        var offers = Assert.Single(framework.Take<SchedulerEvent.Offers>()).List;
        Assert.Equal(["node1 cpus:4;mem:1024;ports:[31000-31009]", "node2 cpus:8;mem:2048"],
            offers.Select(o => $"{o.Hostname} {o.Resources}"));
    }

    [Fact]
    public void A_declined_agent_is_offered_again_when_the_refusal_ends()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Decline(framework.Offer, OneSecond * 20);
        bench.Advance(OneSecond * 20 - Moment);
        Assert.Empty(framework.Offers);
        bench.Advance(Moment);
        Assert.Single(framework.Offers);
    }

    [Fact]
    public void A_refusal_without_a_time_lasts_five_seconds()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Decline(framework.Offer);
        bench.Advance(OneSecond * 5 - Moment);
        Assert.Empty(framework.Offers);
        bench.Advance(Moment);
        Assert.Single(framework.Offers);
    }

    [Fact]
    public void A_refusal_covers_what_was_refused_and_less_but_not_more()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var busy = bench.Subscribe("busy");
        bench.Pass();
        // Two tasks of one cpu leave 2 of 4 cpus free.
        busy.Accept(busy.Offer, Tasks.Command("t1", agent.Id), Tasks.Command("t2", agent.Id));
        busy.Call(new SchedulerCall.Suppress());
        var picky = bench.Subscribe("picky");
        bench.Pass();
        Assert.Equal(2000, picky.Offer.Resources.MilliCpus);
        picky.Decline(picky.Offer, OneHour);
        bench.Advance(OneSecond * 10);
        Assert.Empty(picky.Offers);
        // 3 cpus are more than the 2 it refused.
        agent.Report(busy, "t1", TaskState.Finished);
        bench.Pass();
        Assert.Equal(3000, picky.Offer.Resources.MilliCpus);
        picky.Decline(picky.Offer, OneHour);
        // 4 are more than 3; after they are refused, 3 are less than 4.
        agent.Report(busy, "t2", TaskState.Finished);
        bench.Pass();
        picky.Decline(picky.Offer, OneHour);
        busy.Call(new SchedulerCall.Revive());
        bench.Pass();
        busy.Launch("t3");
        bench.Advance(OneSecond * 10);
        Assert.Empty(picky.Offers);
    }

    [Fact]
    public void A_smaller_and_shorter_refusal_does_not_end_a_larger_and_longer_one()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        var other = bench.Subscribe("other", suppressed: true);
        bench.Pass();
        framework.Launch("t1");
        bench.Advance(OneSecond * 5);
        // Refuses the 3 cpus that are left for an hour; then t1 ends and it is offered 4.
        framework.Decline(framework.Offer, OneHour);
        agent.Report(framework, "t1", TaskState.Finished);
        bench.Pass();
        // Takes 2 of the 4 and refuses the other 2 for five seconds; the refusal of up to 3 still runs.
        framework.Launch("t2", "cpus:2;mem:128");
        bench.Advance(OneSecond * 10);
        Assert.Empty(framework.Offers);
        Assert.Empty(other.Offers);
    }

    [Fact]
    public void A_refusal_of_zero_seconds_is_none()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Decline(framework.Offer, TimeSpan.Zero);
        bench.Pass();
        Assert.Single(framework.Offers);
    }

    [Fact]
    public void Reviving_forgets_refusals()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Decline(framework.Offer, OneHour);
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        Assert.Single(framework.Offers);
    }

    [Fact]
    public void A_suppressed_framework_is_offered_nothing_until_it_revives()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe(suppressed: true);
        bench.Advance(OneSecond * 10);
        Assert.Empty(framework.Offers);
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        framework.Decline(framework.Offer, TimeSpan.Zero);
        framework.Call(new SchedulerCall.Suppress());
        bench.Advance(OneSecond * 10);
        Assert.Empty(framework.Offers);
    }

    [Fact]
    public void An_offer_that_is_not_answered_is_rescinded_and_not_made_again_at_once()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        var offer = framework.Offer;
        Assert.Equal(bench.Now + bench.Options.OfferTimeout, offer.Expires);
        bench.Advance(bench.Options.OfferTimeout);
        Assert.Equal([offer.Id], Assert.Single(framework.Take<SchedulerEvent.Rescind>()).OfferIds);
        bench.Advance(bench.Options.UnansweredRefusal - Moment);
        Assert.Empty(framework.Offers);
        bench.Advance(Moment);
        Assert.NotEqual(offer.Id, framework.Offer.Id);
        Assert.Equal(1, bench.View(framework).OffersRescinded);
    }

    [Fact]
    public void A_framework_that_sits_on_offers_loses_them_to_another()
    {
        var bench = new MasterBench();
        bench.Register("node1");
        bench.Register("node2");
        var hoarder = bench.Subscribe("hoarder");
        bench.Pass();
        var other = bench.Subscribe("other");
        bench.Advance(bench.Options.OfferTimeout - Moment);
        Assert.Empty(other.Offers);
        bench.Advance(Moment);
        bench.Pass();
        Assert.Empty(hoarder.Offers);
        Assert.Equal(2, other.Offers.Count);
    }

    [Fact]
    public void Declining_an_offer_that_has_run_out_is_no_fault()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        var offer = framework.Offer;
        bench.Advance(bench.Options.OfferTimeout);
        framework.Take<SchedulerEvent.Rescind>();
        framework.Decline(offer);
        Assert.Equal([offer.Id], Assert.Single(framework.Take<SchedulerEvent.Rescind>()).OfferIds);
        Assert.Empty(framework.Take<SchedulerEvent.Error>());
    }

    [Fact]
    public void Reasons_for_declining_are_remembered_newest_first_and_no_more_than_the_limit()
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { DeclineReasonsMax = 2 } });
        bench.Register();
        var framework = bench.Subscribe();
        foreach (var reason in new[] { "first", "second", "third" })
        {
            bench.Pass();
            framework.Decline(framework.Offer, TimeSpan.Zero, reason);
        }
        Assert.Equal(["third", "second"], bench.View(framework).Declines.Select(d => d.Reason));
    }

    [Fact]
    public void Only_agents_in_its_list_are_offered_by_hostname_or_by_id()
    {
        var bench = new MasterBench();
        foreach (var host in new[] { "node1", "node2", "node3" })
            bench.Register(host);
        var framework = bench.Subscribe(filters: new FrameworkFilters(OnlyAgents: ["node1", "agent-1-3"]));
        bench.Pass();
        Assert.Equal(["node1", "node3"], framework.Offers.Select(o => o.Hostname).Order());
        framework.Call(new SchedulerCall.SetFilters(FrameworkFilters.None));
        bench.Pass();
        Assert.Equal(["node1", "node2", "node3"], framework.Offers.Select(o => o.Hostname).Order());
    }

    [Fact]
    public void Only_agents_with_at_least_so_much_free_are_offered()
    {
        var bench = new MasterBench();
        bench.Register("small", "cpus:2;mem:1024");
        bench.Register("large", "cpus:4;mem:1024");
        var framework = bench.Subscribe(filters: new FrameworkFilters(AtLeast: Resources.Parse("cpus:3")));
        bench.Pass();
        Assert.Equal("large", framework.Offer.Hostname);
        // 1 of its 4 cpus is taken: 3 are left, and still enough. After another 1, no more.
        framework.Launch("t1");
        bench.Advance(OneSecond * 5);
        Assert.Equal(3000, framework.Offer.Resources.MilliCpus);
        framework.Launch("t2");
        bench.Advance(OneSecond * 10);
        Assert.Empty(framework.Offers);
    }

    [Theory]
    [InlineData("cpus:1;mem:1024", "cpus:3")]
    [InlineData("cpus:4;mem:128", "mem:896")]
    public void What_is_left_is_offered_though_it_be_cpus_alone_or_memory_alone(string taken, string left)
    {
        var bench = new MasterBench();
        bench.Register();
        var first = bench.Subscribe("a");
        bench.Pass();
        first.Launch("t1", taken);
        var second = bench.Subscribe("b");
        bench.Pass();
        Assert.Equal(Resources.Parse(left), second.Offer.Resources);
    }

    [Fact]
    public void Frameworks_that_decline_everything_never_starve_the_one_that_needs_something()
    {
        var bench = new MasterBench();
        bench.Register();
        var decliners = Enumerable.Range(1, 7).Select(i => bench.Subscribe($"decliner{i}", $"r{i}")).ToList();
        var last = bench.Subscribe("last", "r9");
        var start = bench.Now;
        // A pass each for those that stand before it, by name: far less than the five seconds of a refusal.
        for (var passes = 0; passes < 8 && last.Offers.Count == 0; passes++)
        {
            bench.Pass();
            foreach (var decliner in decliners)
                foreach (var offer in decliner.Offers.ToList())
                    decliner.Decline(offer);
        }
        Assert.Equal(4000, last.Offer.Resources.MilliCpus);
        Assert.True(bench.Now - start < FrameworkFilters.DefaultRefusal);
    }

    [Fact]
    public void What_an_accept_leaves_over_is_offered_to_another_framework()
    {
        var bench = new MasterBench();
        bench.Register();
        var first = bench.Subscribe("a");
        bench.Pass();
        var second = bench.Subscribe("b");
        bench.Pass();
        Assert.Empty(second.Offers);
        first.Launch("t1", "cpus:1;mem:256");
        bench.Pass();
        Assert.Equal("cpus:3;mem:768", second.Offer.Resources.ToString());
        Assert.Empty(first.Offers);
    }

    [Fact]
    public void Two_offers_of_one_agent_can_be_used_together()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Launch("t1", "cpus:2;mem:512");
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        Assert.Equal("cpus:2;mem:512", framework.Offer.Resources.ToString());
        // t1 ends: its half comes as a second offer beside the first.
        agent.Report(framework, "t1", TaskState.Finished);
        bench.Pass();
        Assert.Equal(2, framework.Offers.Count);
        agent.Launched();
        framework.Call(new SchedulerCall.Accept([.. framework.Offers.Select(o => o.Id)],
            [Tasks.Command("t2", agent.Id, "cpus:4;mem:1024")]));
        Assert.Equal(["t2"], agent.Launched());
        Assert.Equal("cpus:4;mem:1024", bench.View(agent).Used.ToString());
        Assert.Empty(bench.Snapshot.Offers);
    }

    [Fact]
    public void An_accept_without_tasks_is_a_refusal()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Accept(framework.Offer);
        bench.Advance(OneSecond * 5 - Moment);
        Assert.Empty(framework.Offers);
        bench.Advance(Moment);
        Assert.Single(framework.Offers);
    }

    [Fact]
    public void A_hinted_agent_is_offered_before_others_and_cut_to_the_size_of_a_task()
    {
        var bench = new MasterBench();
        bench.Register("node1");
        bench.Register("node2");
        Hint Wish(string host) => new([host], Resources.Parse("cpus:2;mem:512"), 1, DateTimeOffset.MaxValue);
        var first = bench.Subscribe("a", "r1", hints: [Wish("node2")]);
        var second = bench.Subscribe("b", "r2", hints: [Wish("node1")]);
        bench.Pass();
        // Each takes its own node in turn: 2 pieces of 2 cpus fill a node of 4.
        Assert.Equal("node2 cpus:4;mem:1024", Assert.Single(first.Offers.Select(o => $"{o.Hostname} {o.Resources}")));
        Assert.Equal("node1 cpus:4;mem:1024", Assert.Single(second.Offers.Select(o => $"{o.Hostname} {o.Resources}")));
    }

    [Fact]
    public void A_lower_priority_is_offered_only_what_higher_ones_refuse()
    {
        var bench = new MasterBench(policy: new PriorityAllocator());
        bench.Order(new OperatorCommand.SetRole("high", null, 10, null));
        var low = bench.Subscribe("low", "low");
        var high = bench.Subscribe("high", "high");
        bench.Register("node1");
        bench.Register("node2");
        bench.Pass();
        Assert.Equal(2, high.Offers.Count);
        Assert.Empty(low.Offers);
        high.Decline(high.Offers.First(), OneHour);
        bench.Pass();
        Assert.Equal("node1", low.Offer.Hostname);
        Assert.Equal("node2", high.Offer.Hostname);
    }

    [Fact]
    public void Weights_of_two_to_one_divide_long_runs_of_short_tasks_two_to_one()
    {
        var bench = new MasterBench();
        bench.Order(new OperatorCommand.SetRole("heavy", 2, null, null));
        var agents = Enumerable.Range(1, 30).Select(i => bench.Register($"node{i}", "cpus:1;mem:128")).ToDictionary(a => a.Id);
        var ends = new PriorityQueue<(BenchScheduler Framework, string Task, BenchAgent Agent), DateTimeOffset>();
        var launched = 0;
        var seconds = new Dictionary<BenchScheduler, int>();

        void Step(params BenchScheduler[] frameworks)
        {
            foreach (var framework in frameworks)
            {
                foreach (var offer in framework.Offers.ToList())
                {
                    var id = $"t{++launched}";
                    framework.Accept(offer, Tasks.Command(id, offer, "cpus:1;mem:128"));
                    seconds[framework] = seconds.GetValueOrDefault(framework) + 1;
                    ends.Enqueue((framework, id, agents[offer.AgentId]), bench.Now + OneSecond);
                }
            }
            // Tasks end one after another: 30 agents with tasks of one second are 33 ms apart.
            bench.Advance(OneSecond / 30);
            while (ends.TryPeek(out var ended, out var due) && due <= bench.Now)
            {
                ends.Dequeue();
                ended.Agent.Report(ended.Framework, ended.Task, TaskState.Finished);
                ended.Framework.Acknowledge(ended.Framework.Take<SchedulerEvent.Update>()[^1].Status);
            }
            bench.Pass();
        }

        // The light one has all there is before the heavy one comes.
        var light = bench.Subscribe("light", "light");
        for (var i = 0; i < 60; i++)
            Step(light);
        var heavy = bench.Subscribe("heavy", "heavy");
        for (var i = 0; i < 90; i++)
            Step(light, heavy);
        seconds.Clear();
        for (var i = 0; i < 600; i++)
            Step(light, heavy);
        // 20 to 10 of 30 agents are 2:1, and any other division of whole agents is further off: within 1 of 30 on average.
        var part = (double)seconds[heavy] / (seconds[heavy] + seconds[light]);
        Assert.InRange(part, 2.0 / 3 - 1.0 / 30, 2.0 / 3 + 1.0 / 30);
    }
}
