namespace Agora.Spark.Scheduling;

/// <summary>A stage that some job needs: its tasks and how far they are.</summary>
internal sealed class StageRun
{
    private readonly PartitionRun[] _partitions;
    private readonly bool[]? _results;
    private readonly IReadOnlyList<int>? _wanted;

    /// <param name="outputs">Of a map stage; null for a job's last.</param>
    /// <param name="wanted">Partitions of a job's last stage; null for all.</param>
    public StageRun(StageSpec spec, ShuffleOutputs? outputs, IReadOnlyList<int>? wanted)
    {
        (Spec, Outputs, _wanted) = (spec, outputs, wanted);
        _partitions = new PartitionRun[spec.TaskCount];
        _results = outputs is null ? new bool[spec.TaskCount] : null;
        Pending = new PendingTasks(spec.TaskCount);
        ResultsLeft = wanted?.Count ?? 0;
    }

    /// <summary>What is known of one task over all attempts at it.</summary>
    public struct PartitionRun
    {
        public int Attempts, Failures, ExecutorLosses;

        /// <summary>Attempts that run and are wanted.</summary>
        public int Live;
        public bool IsWatched;
    }

    public StageSpec Spec { get; }
    public ShuffleOutputs? Outputs { get; }
    public StagePhase Phase { get; set; }

    /// <summary>Jobs that need it, by age.</summary>
    public SortedList<int, JobRun> Jobs { get; } = [];

    /// <summary>The oldest of its jobs.</summary>
    public JobRun First => Jobs.GetValueAtIndex(0);

    /// <summary>The pool its running tasks are counted in.</summary>
    public PoolRun? Pool { get; set; }

    /// <summary>Stages that wait for its output.</summary>
    public HashSet<StageRun> Children { get; } = [];

    /// <summary>Shuffles that a task has missed though what lies before them was said to be kept: they are needed.</summary>
    public HashSet<int> Revealed { get; } = [];

    /// <summary>Partitions of a job's last stage that are still to come; for map stages the outputs say it.</summary>
    public int ResultsLeft { get; private set; }

    /// <summary>The number of the present attempt, from 0; -1 before the first.</summary>
    public int Attempt { get; set; } = -1;

    /// <summary>Attempts in a row that ended for want of input.</summary>
    public int FailedInRow { get; set; }

    /// <summary>Agents from which input could not be fetched, and the last of those attempts that missed some there.</summary>
    public Dictionary<AgentId, int> AtFault { get; } = [];
    public PendingTasks Pending { get; private set; }
    public HashSet<TaskAttempt> Live { get; } = [];

    /// <summary>Attempts on agents that are not heard of.</summary>
    public List<TaskAttempt> Strays { get; } = [];
    public Agora.Sdk.DelayScheduling Delay { get; set; } = new(TimeSpan.Zero, TimeSpan.Zero);
    public DateTimeOffset? WaitsSince { get; set; }

    /// <summary>Tasks so slow that a second attempt is wanted, and the hosts on which the first ones run.</summary>
    public SortedDictionary<int, string> Slow { get; } = [];
    public Durations Durations { get; private set; } = new();
    public OfferCursor Cursor { get; } = new();

    /// <summary>Of its tasks, by their locality; the same for all of an attempt.</summary>
    public IReadOnlyDictionary<string, string>?[] Labels { get; } = new IReadOnlyDictionary<string, string>?[5];

    public DateTimeOffset? Started { get; set; }
    public DateTimeOffset? Ended { get; set; }
    public int Failed { get; set; }
    public int[] Launched { get; } = new int[5];
    public int Speculative { get; set; }

    public bool HasWork => Phase == StagePhase.Running && (Pending.Count > 0 || Slow.Count > 0);

    /// <summary>Nothing of it is missing.</summary>
    public bool IsComplete => Outputs is { } outputs ? outputs.Missing == 0 : ResultsLeft == 0;

    public int Wanted => _wanted?.Count ?? Spec.TaskCount;
    public int Done => Wanted - (Outputs?.Missing ?? ResultsLeft);

    public ref PartitionRun this[int partition] => ref _partitions[partition];

    public bool IsDone(int partition) => Outputs?.Has(partition) ?? _results![partition];

    public void GotResult(int partition)
    {
        _results![partition] = true;
        ResultsLeft--;
    }

    /// <summary>Another attempt begins: nothing waits.</summary>
    public void Clear()
    {
        Pending = new PendingTasks(Spec.TaskCount);
        for (var i = 0; i < _partitions.Length; i++)
            _partitions[i].IsWatched = false;
        Slow.Clear();
        Array.Clear(Labels);
    }

    /// <summary>Partitions that are wanted, highest first.</summary>
    public IEnumerable<int> WantedBackwards()
    {
        if (_wanted is not null)
        {
            foreach (var partition in _wanted.OrderDescending())
                yield return partition;
            yield break;
        }
        for (var i = Spec.TaskCount - 1; i >= 0; i--)
            yield return i;
    }
}
