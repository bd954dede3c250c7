using Agora.Spark;
using Agora.Spark.Scheduling;
using Agora.Storage;

namespace Agora.Tests.Fast.Spark.Rdds;

/// <summary>Runs stages by the planner's specs, on the caller's thread, one task after another; nothing is shipped.</summary>
internal sealed class InProcess : IJobRunner, ITaskServices, IBroadcastStore, IDisposable
{
    private readonly Dictionary<(int Shuffle, int Map), object[]> _outputs = [];
    private readonly Dictionary<BlockId, object> _blocks = [];
    private readonly Dictionary<long, object?> _broadcasts = [];
    private readonly HashSet<int> _done = [];

    public InProcess(int parallelism = 2)
    {
        Parallelism = parallelism;
        Context = new SparkContext(new SparkConf().SetAppName("tests"), this, this, Stores);
    }

    public SparkContext Context { get; }

    public StagePlanner Planner { get; } = new();

    public int Parallelism { get; }

    public Stores Stores { get; } = new(defaultStore: null, "tester");

    /// <summary>Names of the stages that were run, in order.</summary>
    public List<string> Ran { get; } = [];

    public int TasksRun { get; private set; }

    public int ShufflesWritten => _done.Count;

    public IReadOnlyCollection<BlockId> Blocks => _blocks.Keys;

    public void Run<T, TResult>(
        RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function, IReadOnlyList<int> partitions,
        Action<int, TResult> arrived, CallSite site, CancellationToken stop)
    {
        var final = Planner.Plan(rdd, new ResultTask<T, TResult>(rdd, function), site.ToString());
        RunParents(final, stop);
        Ran.Add(final.Name);
        var task = Planner.TaskOf(final);
        for (var i = 0; i < partitions.Count; i++)
            arrived(i, RecordBytes.To<TResult>(RunTask(task, final.Id, partitions[i], stop).Result));
    }

    public void Unpersist(int rddId, bool blocking)
    {
        foreach (var block in _blocks.Keys.Where(b => b.RddId == rddId).ToList())
            _blocks.Remove(block);
    }

    public void Lose(BlockId block) => _blocks.Remove(block);

    public IEnumerable<T> Cached<T>(BlockId block, StorageLevel level, Func<IEnumerable<T>> make, TaskContext context)
    {
        if (!_blocks.TryGetValue(block, out var kept))
            _blocks[block] = kept = make().ToArray();
        return (T[])kept;
    }

    public MapOutput Write<K, V, C>(
        ShuffleDependency<K, V, C> shuffle, int mapPartition, IEnumerable<(K Key, V Value)> records, TaskContext context)
    {
        var route = shuffle.Partitioner.Router<K>();
        var parts = new List<(K, V)>[shuffle.Partitioner.PartitionCount];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = [];
        foreach (var record in records)
            parts[route(record.Key)].Add(record);
        _outputs[(shuffle.ShuffleId, mapPartition)] = parts;
        return new MapOutput("memory", new long[parts.Length + 1]);
    }

    public IEnumerable<(K Key, C Value)> Read<K, V, C>(ShuffleDependency<K, V, C> shuffle, int partition, TaskContext context)
    {
        var all = Enumerable.Range(0, shuffle.MapCount)
            .SelectMany(m => (List<(K Key, V Value)>)_outputs[(shuffle.ShuffleId, m)][partition]);
        var combined = shuffle.Aggregator is { } aggregator ? Combining.Here(all, aggregator)
            : all.Select(r => (r.Key, (C)(object)r.Value!));
        return shuffle.Order is { } order ? combined.OrderBy(r => r.Key, order) : combined;
    }

    public IEnumerable<(K Key, C Value)> Combine<K, V, C>(
        IEnumerable<(K Key, V Value)> records, Aggregator<V, C> aggregator, TaskContext context) => Combining.Here(records, aggregator);

    public string FileOf(string name) => SparkFiles.Added[name];

    public T Broadcast<T>(long id) => (T)_broadcasts[id]!;

    void IBroadcastStore.Add<T>(long id, T value) => _broadcasts[id] = value;

    void IBroadcastStore.Remove(long id, bool forever)
    {
        if (forever)
            _broadcasts.Remove(id);
    }

    public void Dispose() => Stores.Dispose();

    private void RunParents(StageSpec last, CancellationToken stop)
    {
        var open = new Stack<(StageSpec Stage, bool IsReady)>(Needed(last));
        while (open.TryPop(out var next))
        {
            if (_done.Contains(next.Stage.ShuffleId!.Value))
                continue;
            if (!next.IsReady)
            {
                open.Push((next.Stage, true));
                foreach (var before in Needed(next.Stage))
                    open.Push(before);
                continue;
            }
            Ran.Add(next.Stage.Name);
            var task = Planner.TaskOf(next.Stage);
            for (var p = 0; p < next.Stage.TaskCount; p++)
                RunTask(task, next.Stage.Id, p, stop);
            _done.Add(next.Stage.ShuffleId.Value);
        }
    }

    private IEnumerable<(StageSpec, bool)> Needed(StageSpec stage) => stage.Parents
        .Where(p => !_done.Contains(p.Stage.ShuffleId!.Value))
        .Where(p => !p.Hidden.Any(h => Enumerable.Range(0, h.PartitionCount).All(i => _blocks.ContainsKey(new(h.RddId, i)))))
        .Select(p => (p.Stage, false));

    private TaskOutcome RunTask(StageTask task, int stageId, int partition, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        TasksRun++;
        var context = new TaskContext(stageId, partition, 0, this, stop);
        TaskOutcome outcome;
        try
        {
            outcome = task.Run(partition, context);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var error = TaskErrors.Of(e);
            throw new SparkException($"task {partition} of stage {stageId} failed: {error.Type}: {error.Message}", error, partition);
        }
        Context.Count(context.Accumulators.All);
        return outcome;
    }
}
