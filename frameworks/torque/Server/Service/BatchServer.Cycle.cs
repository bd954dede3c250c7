using Agora.Torque.Jobs;
using Agora.Torque.Server.Nodes;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Service;

public sealed partial class BatchServer
{
    /// <summary>Jobs that wait and whose turn later ones must not delay; those after them are only told that they wait.</summary>
    private const int ReservationsMax = 16;

    /// <summary>Jobs looked at in one cycle; the next ones wait behind them.</summary>
    private const int LookedAtMax = 500;

    /// <summary>The same, those counted that a limit keeps back.</summary>
    private const int SeenMax = 10_000;

    private readonly Gather _gather = new();

    /// <summary>The job that more was wanted for in the last cycle.</summary>
    private JobId? _wanted;

    /// <summary>
    /// What waiting jobs are to get, as last planned: kept to while it is possible, since another choice of nodes for one
    /// job may be worse for those behind it.
    /// </summary>
    private Dictionary<JobId, IReadOnlyList<(string Node, NodePick Pick)>> _plans = [];

    /// <summary>Jobs that hold slots, in the order in which they got them.</summary>
    private readonly Dictionary<JobId, Holding> _holdings = [];

    /// <summary>One pass over the queue: starts what can start, gathers for the first that cannot, gives back the rest.</summary>
    private void Cycle(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        StartAssembled(now);
        var pass = new Pass(this, now);
        foreach (var job in InOrder())
        {
            if (!_holdings.ContainsKey(job.Id) && !pass.Consider(job))
                break;
        }
        StartAssembled(now);
        _plans = pass.Plans;
        if (pass.Gathering is null)
            _gather.Stop();
        _pool.Release(now, pass.Kept, atOnce: pass.LacksGuarantee || _gather.IsPausing(now), all: pass.LacksGuarantee, calls);
        var wants = pass.Gathering is { } gathering && !_gather.IsPausing(now) ? gathering : (JobId?)null;
        _pool.Answer(wants is not null, wants != _wanted, pass.Gathering is null ? "no job waits for it" : pass.WhyUseless, calls);
        _wanted = wants;
    }

    /// <summary>One pass. Jobs are considered in the queue's order.</summary>
    private sealed class Pass
    {
        private readonly BatchServer _server;
        private readonly DateTimeOffset _now;
        private readonly List<(PoolNode Node, NodeShape Shape)> _shapes;
        private readonly Capacity _atHand;
        private readonly Profile _profile;
        private readonly int[] _held;
        private readonly Dictionary<string, int> _index;

        /// <summary>Requests that found no place: the same again, for as long or longer, will not either.</summary>
        private readonly Dictionary<IReadOnlyList<NodeRequest>, TimeSpan> _hopeless = new(SameRequests.Instance);

        /// <summary>Users whose further jobs in that queue a limit keeps back: in one pass that becomes no less.</summary>
        private readonly HashSet<(string User, string Queue)> _limited = [];
        private readonly bool _isFull;
        private int _reservations, _lookedAt, _seen;

        public Pass(BatchServer server, DateTimeOffset now)
        {
            (_server, _now) = (server, now);
            _shapes = server.Shapes();
            _atHand = server._pool.AtHand(_shapes);
            var potential = server._pool.Potential(_shapes);
            _isFull = potential.Budget <= 0 || Array.TrueForAll(potential.Slots, n => n <= 0);
            _profile = new Profile(now, potential);
            _held = [.. _shapes.Select(s => s.Node.FreeSlots)];
            _index = _shapes.Select((s, i) => (s.Node.Name, i)).ToDictionary(s => s.Name, s => s.i);
            foreach (var holding in server._holdings.Values)
            {
                if (holding.EndsBy is not { } end)
                    continue;
                List<NodePick> picks = [.. holding.Shares.Where(s => _index.ContainsKey(s.Node))
                    .Select(s => new NodePick(_index[s.Node], s.Slots.Count, s.MemoryBytes, s.Lines))];
                // A job that is over its time ends any moment now.
                _profile.Release(end > now ? end : now.AddSeconds(1), picks);
            }
        }

        /// <summary>Where jobs that wait for others of this queue are to run.</summary>
        public Dictionary<JobId, IReadOnlyList<(string Node, NodePick Pick)>> Plans { get; } = [];

        /// <summary>The first job for which there is not enough at hand.</summary>
        public JobId? Gathering { get; private set; }

        /// <summary>What of the nodes at hand is kept for it.</summary>
        public Dictionary<PoolNode, NodePick> Kept { get; } = [];

        /// <summary>More would have to be held than is guaranteed, unless something idle is given back.</summary>
        public bool LacksGuarantee { get; private set; }

        /// <summary>Why an offer that was not taken is of no use.</summary>
        public string WhyUseless => $"job {Gathering} has no use for it";

        /// <returns>False once no later job can start.</returns>
        public bool Consider(QueuedJob job)
        {
            // Of jobs that a limit keeps back there may be many before one that it does not.
            if (_lookedAt > LookedAtMax || ++_seen > SeenMax || (_reservations >= ReservationsMax && Array.TrueForAll(_atHand.Slots, n => n <= 0)))
                return false;
            // Whom an operator lets run, runs whatever limits say.
            if (job.Id != _server._runFirst?.Id && (_limited.Contains((job.User, job.Queue)) || IsLimited(job)))
                return true;
            _lookedAt++;
            var slots = NodeChoice.SlotsOf(job.Nodes);
            if (slots > _server._pool.SlotsMax)
            {
                _server._queue.Comment(_now, job.Id,
                    $"Not Running: it needs {slots} slots, and {_server._pool.SlotsMax} are guaranteed to the role of this framework");
                return true;
            }
            var memory = NodeChoice.MemoryOf(job.Nodes) + NodePoolOptions.MomOverhead.MemBytes;
            if (memory > _server._pool.MemoryMax)
            {
                _server._queue.Comment(_now, job.Id, $"Not Running: it needs {Mebibytes(memory)} of memory, its mom's included, and " +
                    $"{Mebibytes(_server._pool.MemoryMax)} are guaranteed to the role of this framework");
                return true;
            }
            var length = job.Walltime ?? TimeSpan.MaxValue;
            if (_isFull && _reservations > 0)
            {
                // Nothing can start or be gathered now; a time that changes with each job that ends is for the first one alone.
                _reservations++;
                if (_server._plans.TryGetValue(job.Id, out var plan))
                    Plans[job.Id] = plan;
                _server._queue.Comment(_now, job.Id, "Not Running: all slots are taken by other jobs");
                return true;
            }
            if (job.Hosts is null && _hopeless.TryGetValue(job.Nodes, out var shorter) && length >= shorter)
            {
                if (_reservations < ReservationsMax)
                    Reserve(job, length, slots);
                return true;
            }
            var free = _profile.FreeNow(length);
            free.Limit(_atHand);
            if (Find(free, job, _held) is { } picks && Start(job, picks, length))
                return true;
            if (job.Hosts is null)
                _hopeless[job.Nodes] = length;
            if (_reservations < ReservationsMax)
                Reserve(job, length, slots);
            return true;
        }

        /// <summary>The nodes of the job's plan, if they are free; else others.</summary>
        private List<NodePick>? Find(Capacity free, QueuedJob job, int[]? preferred)
        {
            if (job.Hosts is null && _server._plans.TryGetValue(job.Id, out var plan) && plan.All(p => _index.ContainsKey(p.Node)))
            {
                List<NodePick> picks = [.. plan.Select(p => p.Pick with { Node = _index[p.Node] })];
                if (free.Has(picks))
                    return picks;
            }
            return NodeChoice.Find(free, job.Nodes, job.Hosts, preferred);
        }

        private bool IsLimited(QueuedJob job)
        {
            if (_server._queue.LimitOf(job.Id, out var isOfUser) is not { } limit)
                return false;
            _server._queue.Comment(_now, job.Id, $"Not Running: {limit}");
            if (isOfUser)
                _limited.Add((job.User, job.Queue));
            return true;
        }

        private bool Start(QueuedJob job, List<NodePick> picks, TimeSpan length)
        {
            if (!_server._pool.TryHold([.. picks.Select(p => (_shapes[p.Node].Node, p))]))
            {
                LacksGuarantee = true;
                return false;
            }
            _server.Assemble(_now, job, [.. picks.Select(p => _shapes[p.Node].Node.Take(p))]);
            _atHand.Take(picks);
            foreach (var pick in picks)
                _held[pick.Node] = Math.Max(0, _held[pick.Node] - pick.Slots);
            _profile.Reserve(_now, Profile.End(_now, length), picks);
            return true;
        }

        /// <summary>The job waits: later ones must not make it wait longer.</summary>
        private void Reserve(QueuedJob job, TimeSpan length, int slots)
        {
            _reservations++;
            var earliest = _profile.Earliest(length, free => Find(free, job, null));
            if (earliest is not var (at, picks))
            {
                _server._queue.Comment(_now, job.Id, Gathering is { } first
                    ? $"Not Running: job {first} is before it and takes what there is"
                    : "Not Running: Not enough of the right type of nodes are available");
                return;
            }
            Plans[job.Id] = [.. picks.Select(p => (_shapes[p.Node].Node.Name, p))];
            if (at > _now)
            {
                _profile.Reserve(at, Profile.End(at, length), picks);
                _server._queue.Comment(_now, job.Id,
                    $"Not Running: its {Count(slots, "slot")} are taken by other jobs until {at.ToLocalTime():HH:mm:ss} at the latest");
                return;
            }
            // The nodes are there, but others than jobs of this queue have them.
            var isFirst = Gathering is null;
            var part = isFirst ? GatherFor(job, length) : [];
            var gathered = part.Sum(p => p.Slots);
            // Those that come later are not to take of these nodes what is at hand: then the rest would be of no use.
            _profile.Reserve(_now, Profile.End(_now, length), [.. picks.Select(p => Beyond(p, part)).Where(p => p.Slots > 0)]);
            _server._queue.Comment(_now, job.Id, LacksGuarantee
                ? $"Not Running: it needs {Count(slots, "slot")}; of the {_server._pool.SlotsMax} guaranteed to this framework too many are in use"
                : !isFirst ? $"Not Running: it waits for offers behind job {Gathering}"
                : _server._gather.IsPausing(_now) ? $"Not Running: {Count(slots, "slot")} did not come together; given back for a moment so that others may go on"
                : $"Not Running: it waits for offers: {gathered} of {Count(slots, "slot")} gathered, the others are taken by other frameworks");
        }

        /// <summary>What of it is not among these.</summary>
        private static NodePick Beyond(NodePick pick, List<NodePick> part)
        {
            var has = part.Find(p => p.Node == pick.Node);
            return pick with { Slots = pick.Slots - has.Slots, MemoryBytes = Math.Max(0, pick.MemoryBytes - has.MemoryBytes) };
        }

        /// <returns>What is kept for the job.</returns>
        private List<NodePick> GatherFor(QueuedJob job, TimeSpan length)
        {
            Gathering = job.Id;
            if (_server._gather.IsPausing(_now))
                return [];
            var free = _profile.FreeNow(length);
            free.Limit(_atHand);
            var part = Partial.Find(free, job.Nodes, job.Hosts, _held);
            // A single node that is not there yet gathers as well: its slots become free one by one.
            if (part.Count > 0 && !_server._pool.TryHold([.. part.Select(p => (_shapes[p.Node].Node, p))]))
            {
                LacksGuarantee = true;
                _server._gather.Progress(_now, job.Id, 0, _server._random);
                return [];
            }
            _server._gather.Progress(_now, job.Id, part.Sum(p => p.Slots), _server._random);
            if (_server._gather.IsPausing(_now))
                return [];
            foreach (var pick in part)
                Kept[_shapes[pick.Node].Node] = pick;
            _atHand.Take(part);
            _profile.Reserve(_now, Profile.End(_now, length), part);
            return part;
        }

        private static string Mebibytes(long bytes) => $"{bytes >> 20} MiB";

        private static string Count(int n, string noun) => n == 1 ? $"{n} {noun}" : $"{n} {noun}s";
    }
}
