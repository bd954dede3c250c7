using Agora.Cluster;
using Agora.Cluster.Allocation;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Allocation;

/// <summary>
/// Frameworks that decline whatever they are offered, and one among them that comes and needs a single agent: what a round of offers
/// and declines costs the real master, and after how long the one is served.
/// </summary>
internal static class DeclineStorm
{
    private const double MesosRoundMilliseconds = 1_060;
    private static readonly Resources PerAgent = Resources.Of(2, 4096);

    public static IReadOnlyList<Row> Measure(int agents, int frameworks, int rounds)
    {
        var storm = new Storm(agents, frameworks);
        storm.Round();
        var round = Measures.Median(rounds, storm.Round);
        var served = storm.ServeOne();
        return
        [
            new Row($"decline-storm-{agents}-agents-{frameworks}-frameworks-round", "ms CPU", round, MesosRoundMilliseconds,
                "Apache Mesos 1.7/1.8, wall time, its authors' machine"),
            new Row("decline-storm-until-one-that-needs-is-served", "ms CPU", served),
        ];
    }

    private sealed class Storm
    {
        private const long AgentConnections = 1_000_000;

        private readonly Master _master = new(new MasterOptions(), new DrfAllocator(), DateTimeOffset.UnixEpoch);
        private readonly Dictionary<long, List<OfferId>> _offers = [];
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;
        private long _lastScheduler;

        public Storm(int agents, int frameworks)
        {
            for (var i = 0; i < agents; i++)
            {
                Feed(new MasterEvent.AgentCalled(AgentConnections + i, new AgentCall.Register(
                    new AgentInfo(new AgentId($"agent-1-{i}"), $"node{i}", "127.0.0.1", 1, PerAgent, Attributes.Empty), [], [], [])));
            }
            for (var i = 0; i < frameworks; i++)
                Subscribe();
        }

        private long Subscribe()
        {
            var number = ++_lastScheduler;
            Feed(new MasterEvent.SchedulerCalled(number, new SchedulerCall.Subscribe(new FrameworkInfo(null, $"f{number}", Role: $"role{number % 10}"))));
            return number;
        }

        /// <summary>Everything that is out is declined, for as long as is usual, and offered anew.</summary>
        /// <returns>Milliseconds of processor time.</returns>
        public double Round()
        {
            var declined = _offers.ToList();
            _offers.Clear();
            var before = Environment.CpuUsage.TotalTime;
            foreach (var (connection, offers) in declined)
                Feed(new MasterEvent.SchedulerCalled(connection, new SchedulerCall.Decline(offers, "not this one")));
            Pass();
            return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        }

        /// <returns>Milliseconds of processor time until a framework that comes now has an offer.</returns>
        public double ServeOne()
        {
            var before = Environment.CpuUsage.TotalTime;
            var one = Subscribe();
            while (!_offers.ContainsKey(one))
                Round();
            return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        }

        private void Pass()
        {
            _now += new MasterOptions().AllocationDelay;
            Feed(new MasterEvent.Tick());
        }

        private void Feed(MasterEvent e)
        {
            foreach (var effect in _master.Handle(_now, e))
            {
                if (effect is not MasterEffect.ToScheduler(var connection, SchedulerEvent.Offers(var offers)))
                    continue;
                if (!_offers.TryGetValue(connection, out var held))
                    _offers.Add(connection, held = []);
                foreach (var offer in offers)
                    held.Add(offer.Id);
            }
        }
    }
}
