using System.Globalization;
using Agora.Hadoop.Jobs;
using Agora.Workloads.Simulated.Hadoop;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>Jobs on a Hadoop of their own: at fixed times, or each when the one before has ended.</summary>
internal sealed class HadoopMix : IMix
{
    public static readonly Resources MapSize = Resources.Of(1, MapMib);

    private const int MapMib = 1024, ReduceMib = 1024, Replicas = 3;
    private const long Block = 64 << 20;

    /// <summary>
    /// What a Hadoop of that time needs for any job: splits, a setup and a cleanup task, and heartbeats every three seconds
    /// between. No processor is held for it.
    /// </summary>
    private static readonly TimeSpan Setup = TimeSpan.FromSeconds(6);

    private readonly MacroCluster _cluster;
    private readonly HadoopInstance _instance;
    private readonly IReadOnlyList<Submission> _submissions;
    private readonly Dictionary<JobId, (int Index, double At)> _submitted = [];
    private readonly List<MacroJob> _jobs = [];
    private readonly string _work;
    private readonly bool _isOneByOne;

    /// <param name="Number">Of the job within its mix, from which what it does follows.</param>
    internal sealed record Submission(int Number, HadoopType Type, double At);

    /// <param name="work">The mix whose jobs they are; several may divide them.</param>
    /// <param name="isOneByOne">Each when the one before has ended, whatever its time.</param>
    public HadoopMix(MacroCluster cluster, string name, string work, IReadOnlyList<Submission> submissions, bool isOneByOne)
    {
        (_cluster, Name, _work, _submissions, _isOneByOne) = (cluster, name, work, submissions, isOneByOne);
        _instance = new HadoopInstance(cluster.World, new FrameworkInfo(null, name, Role: name), Duration, cluster.Setup.Hints,
            cluster.Setup.MinimumOffers ? MapSize : null)
        { JobEnded = Ended };
    }

    public string Name { get; }
    public bool IsDone => _jobs.Count == _submissions.Count;
    public IReadOnlyList<MacroJob> Jobs => _jobs;

    public OfferCounts Counts => _instance.Counts;

    /// <summary>Maps that ran beside their data, and all maps, of the jobs that have ended.</summary>
    public (long Local, long All) Locality { get; private set; }

    public void Start()
    {
        _instance.Start();
        if (_isOneByOne)
            _cluster.At(0, () => Submit(0));
        else
            for (var i = 0; i < _submissions.Count; i++)
            {
                var next = i;
                _cluster.At(_submissions[i].At, () => Submit(next));
            }
    }

    private void Submit(int index)
    {
        var at = _cluster.Now;
        _cluster.World.Events.After(Setup, () => Submit(index, at));
    }

    private void Submit(int index, double at)
    {
        var (number, type, _) = _submissions[index];
        var conf = new Dictionary<string, string>
        {
            [JobConf.ReduceTasks] = $"{(type.Reduces == 0 ? 0 : _cluster.Setup.Scaled(type.Reduces))}",
            [JobConf.MapMib] = $"{MapMib}",
            [JobConf.ReduceMib] = $"{ReduceMib}",
            // What a reduce takes is counted from the last map's end.
            [JobConf.SlowStart] = "1",
            [JobConf.NodeWaitMs] = _cluster.Setup.NodeWait.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            // Amazon's network shows no racks.
            [JobConf.RackWaitMs] = "0",
            // Simulated attempts tell of no progress, by which a slow one would be known.
            [JobConf.SpeculateMaps] = "false",
            [JobConf.SpeculateReduces] = "false",
        };
        var id = _instance.Submit(conf, [.. Enumerable.Range(0, _cluster.Setup.Scaled(type.Maps)).Select(map => Split(number, map))]);
        _submitted.Add(id, (index, at));
    }

    private InputSplit Split(int job, int map)
    {
        var dice = _cluster.Work.Dice(_work, job, 's', map);
        HashSet<string> hosts = [];
        while (hosts.Count < Math.Min(Replicas, _cluster.Hosts.Count))
            hosts.Add(dice.Of(_cluster.Hosts));
        return new InputSplit($"hdfs://store/{job}", map * Block, Block, [.. hosts], map);
    }

    private TimeSpan Duration(TaskSpec task)
    {
        var attempt = AttemptId.Parse(task.Id.Value).Task;
        var (number, type, _) = _submissions[_submitted[attempt.Job].Index];
        if (attempt.Kind == TaskKind.Reduce)
            return _cluster.Work.Draw(_work, number, 'r', attempt.Index, type.Reduce);
        var length = _cluster.Work.Draw(_work, number, 'm', attempt.Index, type.Map);
        return task.Labels!["locality"] == "node" ? length : length + Work.Remote;
    }

    private void Ended(JobId id)
    {
        var (index, at) = _submitted[id];
        _jobs.Add(new MacroJob(_work, _submissions[index].Type.Name, at, _cluster.Now));
        var counters = _instance.Status(id).Counters[CounterNames.Job];
        Locality = (Locality.Local + counters.GetValueOrDefault(CounterNames.DataLocalMaps), Locality.All + counters[CounterNames.LaunchedMaps]);
        if (_isOneByOne && index + 1 < _submissions.Count)
            _cluster.World.Events.After(TimeSpan.Zero, () => Submit(index + 1));
    }
}
