using Agora.Cluster;
using Agora.Tests.Fast.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>
/// Batch servers on the real master in virtual time, with agents and moms that keep to their protocols and fail when they
/// are told to. Time goes from one event to the next; after each the laws are checked: no role holds more than its
/// guarantee, no slot of a node has two jobs.
/// </summary>
internal sealed class BatchServerBench
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly List<BenchNode> _nodes = [];
    private readonly List<BenchServer> _servers = [];
    private readonly List<GreedyFramework> _others = [];
    private readonly Dictionary<string, Resources> _guarantees = [];
    private long _epoch = 1;

    public MasterBench Master { get; private set; } = new();
    public DateTimeOffset Now => Master.Now;
    public bool IsMasterDown { get; private set; }

    /// <summary>How long a word between a server and a mom is under way.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>
    /// False where agents that were given up come back: what they bring with them may be more than the guarantee, since
    /// its place has been filled.
    /// </summary>
    public bool ChecksGuarantee { get; init; } = true;

    public IReadOnlyList<BenchNode> Nodes => _nodes;

    public BenchNode Node(string name, string resources = "cpus:4;mem:4096")
    {
        var node = new BenchNode(this, name, resources);
        _nodes.Add(node);
        node.Register();
        return node;
    }

    public BatchServerBench WithNodes(int count, string resources = "cpus:4;mem:4096")
    {
        for (var i = 1; i <= count; i++)
            Node($"n{i}", resources);
        return this;
    }

    public BenchServer Server(string name = "vm", string role = "torque", int seed = 1, int slotsMin = 0, int lingerSeconds = 5)
    {
        var server = new BenchServer(this, name, role, seed, slotsMin, lingerSeconds);
        _servers.Add(server);
        return server;
    }

    /// <summary>Another framework that takes all it is offered.</summary>
    public GreedyFramework Other(double taskSeconds, int seed = 1, int tasksMax = int.MaxValue)
    {
        var other = new GreedyFramework(this, taskSeconds, seed, tasksMax);
        _others.Add(other);
        return other;
    }

    public void Guarantee(string role, string resources)
    {
        _guarantees[role] = Resources.Parse(resources);
        Assert.Null(Master.Order(new OperatorCommand.SetRole(role, null, null, _guarantees[role])));
    }

    public BenchServer? Find(string server) => _servers.Find(s => s.Name == server);

    public void Began(BenchMom mom, JobLaunch launch) => Find(mom.Server)!.Starts.Add((launch.JobId, launch.Run, Now));

    /// <summary>The leader fails; another one that knows nothing takes its place after a while.</summary>
    public void FailMaster(double seconds)
    {
        IsMasterDown = true;
        var rest = new MasterBench(new MasterOptions { Epoch = ++_epoch });
        rest.Advance(Master.Now - rest.Now);
        Master = rest;
        foreach (var node in _nodes)
            node.Orphan();
        foreach (var server in _servers)
            server.Orphan();
        foreach (var (role, guaranteed) in _guarantees)
            Assert.Null(Master.Order(new OperatorCommand.SetRole(role, null, null, guaranteed)));
        Advance(seconds);
        IsMasterDown = false;
        foreach (var other in _others)
            other.Connect();
    }

    public void Advance(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Settle();
        while (Now < end)
            Move(end);
    }

    /// <summary>Lets time pass until it is so; false if it is not within the given time.</summary>
    public bool AdvanceUntil(Func<bool> isSo, double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Settle();
        while (!isSo() && Now < end)
            Move(end);
        return isSo();
    }

    private void Move(DateTimeOffset end)
    {
        var next = end;
        void Consider(DateTimeOffset? at) => next = at is { } time && time < next ? time : next;
        Consider(Master.Machine.NextDeadline);
        foreach (var server in _servers)
            Consider(server.NextDeadline);
        foreach (var node in _nodes)
            Consider(node.NextDeadline);
        Master.Advance(next > Now ? next - Now : Shortest);
        Settle();
    }

    private void Settle()
    {
        for (var (isBusy, rounds) = (true, 0); isBusy; rounds++)
        {
            Assert.True(rounds < 10_000, "it never comes to rest");
            isBusy = false;
            foreach (var server in _servers)
                isBusy |= Checked(server.Tick());
            foreach (var other in _others)
                isBusy |= Checked(other.Tick());
            foreach (var node in _nodes)
                isBusy |= Checked(node.Tick());
        }
    }

    private bool Checked(bool isBusy)
    {
        if (isBusy)
            Check();
        return isBusy;
    }

    private void Check()
    {
        if (ChecksGuarantee && _guarantees.Count > 0 && !IsMasterDown)
        {
            foreach (var role in Master.Machine.Snapshot(withTasks: false).Roles)
            {
                if (_guarantees.TryGetValue(role.Name, out var guaranteed))
                {
                    Assert.True(role.Held.MilliCpus <= guaranteed.MilliCpus, $"{role.Name} holds {role.Held} of {guaranteed}");
                    Assert.True(guaranteed.MemBytes == 0 || role.Held.MemBytes <= guaranteed.MemBytes, $"{role.Name} holds {role.Held} of {guaranteed}");
                }
            }
        }
        foreach (var node in _nodes)
        {
            foreach (var moms in node.Moms.GroupBy(m => m.Server))
            {
                var taken = new Dictionary<int, string>();
                foreach (var job in moms.SelectMany(m => m.Jobs))
                {
                    foreach (var slot in Slots(job.Launch.Hosts.Single(h => h.Name == node.Name).Slots))
                    {
                        Assert.True(taken.TryAdd(slot, $"{job.Launch.JobId} run {job.Launch.Run}"),
                            $"{Now:HH:mm:ss.fff}: slot {slot} of {node.Name} is used by {taken[slot]} and {job.Launch.JobId} run {job.Launch.Run}");
                    }
                }
            }
        }
    }

    /// <summary>Numbers of <c>0-2,5</c>.</summary>
    public static IEnumerable<int> Slots(string ranges)
    {
        foreach (var range in ranges.Split(','))
        {
            var ends = range.Split('-').Select(n => int.Parse(n, null)).ToArray();
            for (var i = ends[0]; i <= ends[^1]; i++)
                yield return i;
        }
    }
}
