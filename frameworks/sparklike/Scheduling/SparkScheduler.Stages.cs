using Agora.Sdk;

namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    private static void Attach(JobRun job, StageRun stage)
    {
        if (!job.Stages.Add(stage))
            return;
        stage.Jobs.Add(job.Spec.Id, job);
        CountIn(stage);
    }

    /// <summary>Its running tasks count for the pool of its oldest job.</summary>
    private static void CountIn(StageRun stage)
    {
        var pool = stage.First.Pool;
        if (stage.Pool == pool)
            return;
        if (stage.Pool is { } before)
            before.Running -= stage.Live.Count;
        pool.Running += stage.Live.Count;
        stage.Pool = pool;
    }

    private ShuffleOutputs OutputsOf(StageSpec stage)
    {
        if (!_shuffles.TryGetValue(stage.ShuffleId!.Value, out var outputs))
            _shuffles[stage.ShuffleId.Value] = outputs = new ShuffleOutputs(stage.ShuffleId.Value, stage.TaskCount);
        return outputs;
    }

    private StageRun RunOf(StageSpec spec)
    {
        if (!_stages.TryGetValue(spec.Id, out var stage))
            _stages[spec.Id] = stage = new StageRun(spec, OutputsOf(spec), null);
        return stage;
    }

    /// <summary>Starts the stage, or first those before it whose output is missing.</summary>
    private void SubmitStage(DateTimeOffset now, StageRun first, ICollection<SchedulerCall> calls)
    {
        // Lineages may be thousands of stages long.
        var todo = new Stack<StageRun>([first]);
        var seen = new HashSet<StageRun>([first]);
        while (todo.TryPop(out var stage))
        {
            // All of its jobs may have ended for what one of the stages before it is like.
            if (first.Jobs.Count == 0)
                return;
            if (stage.Phase is StagePhase.Running or StagePhase.Failed or StagePhase.Dropped)
                continue;
            var isReady = true;
            foreach (var parent in stage.Spec.Parents)
            {
                if (!IsMissing(stage, parent))
                    continue;
                isReady = false;
                var run = RunOf(parent.Stage);
                run.Children.Add(stage);
                foreach (var job in first.Jobs.Values)
                    Attach(job, run);
                if (seen.Add(run))
                    todo.Push(run);
            }
            if (isReady)
                Start(now, stage, calls);
            else
                stage.Phase = StagePhase.Waiting;
        }
    }

    /// <summary>The stage needs the parent's output, and not all of it is there.</summary>
    private bool IsMissing(StageRun stage, StageParent parent)
    {
        if (_shuffles.TryGetValue(parent.Stage.ShuffleId!.Value, out var outputs) && outputs.Missing == 0)
            return false;
        if (stage.Revealed.Contains(parent.Stage.ShuffleId.Value))
            return true;
        foreach (var rdd in parent.Hidden)
            if (_blocks.IsFullyKept(rdd))
                return false;
        return true;
    }

    private bool IsAnyMissing(StageRun stage)
    {
        foreach (var parent in stage.Spec.Parents)
            if (IsMissing(stage, parent))
                return true;
        return false;
    }

    private void Start(DateTimeOffset now, StageRun stage, ICollection<SchedulerCall> calls)
    {
        stage.Phase = StagePhase.Running;
        if (stage.IsComplete)
        {
            // What was lost has come back by itself.
            Complete(now, stage, calls);
            return;
        }
        stage.Attempt = stage.Outputs is { } outputs ? outputs.StageAttempts++ : stage.Attempt + 1;
        stage.Started ??= now;
        stage.Clear();
        try
        {
            _source.Starting(stage.Spec, stage.Attempt, ParentOutputs(stage), CachedFor(stage));
            var hasInput = false;
            foreach (var partition in stage.WantedBackwards())
                if (!stage.IsDone(partition) && stage[partition].Live == 0)
                    hasInput |= AddPending(stage, partition);
            stage.Delay = DelayFor(stage, hasInput);
        }
        catch (Exception e)
        {
            Abort(now, stage, new JobFailure($"stage {stage.Spec.Id} ({stage.Spec.Name}) could not be started: {e.Message}",
                stage.Spec, null, new TaskError(e.GetType().ToString(), e.Message, [], null)), calls);
            return;
        }
        stage.WaitsSince = null;
        _running.Add(stage);
        _demandGrew = true;
        _hintsStale = true;
    }

    private Dictionary<int, IReadOnlyList<MapOutput>> ParentOutputs(StageRun stage)
    {
        var all = new Dictionary<int, IReadOnlyList<MapOutput>>();
        foreach (var parent in stage.Spec.Parents)
        {
            var shuffle = parent.Stage.ShuffleId!.Value;
            if (!all.ContainsKey(shuffle) && _shuffles.TryGetValue(shuffle, out var outputs) && outputs.Missing == 0)
                all.Add(shuffle, outputs.Copy());
        }
        return all;
    }

    private Dictionary<BlockId, IReadOnlyList<string>> CachedFor(StageRun stage)
    {
        var all = new Dictionary<BlockId, IReadOnlyList<string>>();
        foreach (var partition in stage.WantedBackwards())
        {
            if (stage.IsDone(partition))
                continue;
            foreach (var block in stage.Spec.CachedInputsOf(partition))
                if (_blocks.CopiesOf(block) is { Count: > 0 } copies && !all.ContainsKey(block))
                    all.Add(block, [.. copies.Select(c => _agents.TryGetValue(c.Agent, out var agent) ? agent.Address : "").Where(a => a.Length > 0)]);
        }
        return all;
    }

    /// <returns>True if hosts hold input of its.</returns>
    private bool AddPending(StageRun stage, int partition)
    {
        var (agents, hosts, hasInput) = PlacesOf(stage, partition);
        if (!stage[partition].IsWatched)
        {
            stage[partition].IsWatched = true;
            stage.Pending.Watch(partition, stage.Spec.CachedInputsOf(partition));
        }
        stage.Pending.Add(partition, agents, hosts);
        return hasInput;
    }

    /// <summary>The executors that keep the nearest of its blocks that is kept at all; their hosts, and those with its input.</summary>
    private (IReadOnlyList<AgentId> Agents, IReadOnlyList<string> Hosts, bool HasInput) PlacesOf(StageRun stage, int partition)
    {
        var input = stage.Spec.HostsOf(partition);
        foreach (var block in stage.Spec.CachedInputsOf(partition))
        {
            if (_blocks.CopiesOf(block) is not { Count: > 0 } copies)
                continue;
            AgentId[] agents = [.. copies.Select(c => c.Agent)];
            var hosts = agents.Select(HostOf).OfType<string>().Concat(input).Distinct();
            return (agents, [.. hosts], input.Count > 0);
        }
        return ([], input.Count > 1 ? [.. input.Distinct()] : input, input.Count > 0);
    }

    private string? HostOf(AgentId agent) => _agents.GetValueOrDefault(agent)?.Hostname;

    private DelayScheduling DelayFor(StageRun stage, bool hasInput)
    {
        var rackWait = _hostsInRack.Count > 0 ? _options.RackWait : TimeSpan.Zero;
        if (!stage.Pending.HasProcesses)
            return new DelayScheduling(_options.NodeWait, rackWait);
        // Without input, the hosts of executors are all there is at node level: as a rule the very same places.
        return new DelayScheduling(_options.ProcessWait, hasInput ? _options.NodeWait : TimeSpan.Zero, rackWait);
    }

    /// <summary>The block is kept by others than before: waiting tasks that want it have other places.</summary>
    private void Replace(BlockId block)
    {
        foreach (var stage in _running)
        {
            foreach (var partition in stage.Pending.WatchersOf(block))
            {
                if (!stage.Pending.Contains(partition))
                    continue;
                var (agents, hosts, _) = PlacesOf(stage, partition);
                stage.Pending.Move(partition, agents, hosts);
            }
            // What it waited for is nowhere any more.
            if (stage.Delay.Nearest == Locality.Process && !stage.Pending.HasProcesses)
                stage.Delay = DelayFor(stage, hasInput: true);
        }
    }

    /// <summary>A task of a running stage is to run, again.</summary>
    private void Requeue(DateTimeOffset now, StageRun stage, int partition)
    {
        if (stage.Phase != StagePhase.Running || stage.IsDone(partition) || stage[partition].Live > 0 ||
            stage.Pending.Contains(partition))
            return;
        AddPending(stage, partition);
        _demandGrew = true;
        _hintsStale = true;
        FailIfInputLost(now, stage);
    }

    /// <summary>Nothing more of a stage is launched whose input is gone; what runs may have read it already.</summary>
    private void FailIfInputLost(DateTimeOffset now, StageRun stage)
    {
        if (stage.Phase == StagePhase.Running && stage.Pending.Count > 0 && IsAnyMissing(stage))
            FailAttempt(now, stage);
    }

    /// <summary>Ends an attempt at a stage; the next one begins after a short wait.</summary>
    private void FailAttempt(DateTimeOffset now, StageRun stage)
    {
        stage.Phase = StagePhase.Failed;
        stage.Clear();
        _running.Remove(stage);
        _failed.Add(stage);
        _resubmitAt ??= now + _options.ResubmitWait;
        _hintsStale = true;
    }

    private void Resubmit(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _resubmitAt = null;
        StageRun[] failed = [.. _failed];
        _failed.Clear();
        foreach (var stage in failed)
        {
            if (stage.Phase != StagePhase.Failed)
                continue;
            stage.Phase = StagePhase.Waiting;
            SubmitStage(now, stage, calls);
        }
    }

    /// <summary>All that was wanted of the stage is there.</summary>
    private void Complete(DateTimeOffset now, StageRun stage, ICollection<SchedulerCall> calls)
    {
        Rest(stage, StagePhase.Done, calls);
        stage.FailedInRow = 0;
        stage.AtFault.Clear();
        stage.Ended = now;
        if (stage.Outputs is null)
        {
            End(now, stage.First, null, calls);
            return;
        }
        StageRun[] children = [.. stage.Children];
        stage.Children.Clear();
        foreach (var child in children)
            if (child.Phase == StagePhase.Waiting)
                SubmitStage(now, child, calls);
    }

    /// <summary>Takes a stage out of what runs.</summary>
    private void Rest(StageRun stage, StagePhase phase, ICollection<SchedulerCall> calls)
    {
        stage.Phase = phase;
        stage.Clear();
        _running.Remove(stage);
        _failed.Remove(stage);
        _hintsStale = true;
        foreach (var attempt in stage.Live)
            Unwant(attempt, calls);
        foreach (var stray in stage.Strays)
            _attempts.Remove(stray.Id);
        stage.Strays.Clear();
    }

    private static void Unwant(TaskAttempt attempt, ICollection<SchedulerCall> calls)
    {
        if (attempt.IsUnwanted)
            return;
        attempt.IsUnwanted = true;
        attempt.Stage[attempt.Partition].Live--;
        calls.Add(new SchedulerCall.Kill(attempt.Id, attempt.Executor.Agent.Id));
    }

    /// <summary>Ends all jobs of a stage that cannot go on.</summary>
    private void Abort(DateTimeOffset now, StageRun stage, JobFailure failure, ICollection<SchedulerCall> calls)
    {
        foreach (var job in stage.Jobs.Values.ToArray())
            End(now, job, failure, calls);
    }

    private void EndAll(DateTimeOffset now, JobFailure failure, ICollection<SchedulerCall> calls)
    {
        foreach (var job in _jobs.Values.ToArray())
            End(now, job, failure, calls);
    }

    private void End(DateTimeOffset now, JobRun job, JobFailure? failure, ICollection<SchedulerCall> calls)
    {
        if (!_jobs.Remove(job.Spec.Id))
            return;
        Remember(now, job, failure);
        foreach (var stage in job.Stages)
        {
            stage.Jobs.Remove(job.Spec.Id);
            if (stage.Jobs.Count > 0)
            {
                CountIn(stage);
                continue;
            }
            Remember(now, stage);
            Rest(stage, StagePhase.Dropped, calls);
            if (stage.Pool is { } pool)
                pool.Running -= stage.Live.Count;
            stage.Pool = null;
            _stages.Remove(stage.Spec.Id);
        }
        job.Stages.Clear();
        _source.Ended(job.Spec, failure);
    }
}
