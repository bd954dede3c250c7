namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    /// <summary>
    /// A task could not read an output of the stage before its own. That one is missing from now on; the stage begins anew
    /// once it, and what else is lost, has been made again.
    /// </summary>
    private void FetchFailed(DateTimeOffset now, TaskAttempt attempt, TaskReport.FetchFailed report, bool isWanted,
        ICollection<SchedulerCall> calls)
    {
        var stage = attempt.Stage;
        stage.Failed++;
        var outputs = _shuffles.GetValueOrDefault(report.ShuffleId);
        var isKnown = outputs is not null && report.MapPartition < outputs.MapCount && outputs.Has(report.MapPartition);
        // Told of a place at which it is no longer looked for: it was made anew since.
        if (isKnown && outputs![report.MapPartition]!.Location == report.Location)
            LoseAtFault(now, attempt, outputs, report.MapPartition);
        else if (!isKnown)
            stage.Revealed.Add(report.ShuffleId);
        if (!isWanted)
            return;
        if (stage.Phase != StagePhase.Running || attempt.StageAttempt != stage.Attempt)
        {
            Requeue(now, stage, attempt.Partition);
            return;
        }
        // What was known to be lost already, with its agent say, is nobody's failure.
        if (isKnown && ++stage.FailedInRow >= _options.StageAttemptsMax)
        {
            Abort(now, stage, new JobFailure(
                $"{Named(stage)} has failed {stage.FailedInRow} times in a row because its input could not be fetched; the " +
                $"last time output {report.MapPartition} of shuffle {report.ShuffleId} from {report.Location}: {report.Error}",
                stage.Spec, attempt.Partition, new TaskError("fetch failed", report.Error, [], null)), calls);
            return;
        }
        FailAttempt(now, stage);
    }

    /// <summary>
    /// One output is lost; or all of the shuffle's at that agent, if an attempt before this one has missed some there as well,
    /// since otherwise a disk that is lost would be found out one output at a time.
    /// </summary>
    private void LoseAtFault(DateTimeOffset now, TaskAttempt attempt, ShuffleOutputs outputs, int partition)
    {
        var (stage, agent) = (attempt.Stage, outputs.AgentOf(partition));
        IReadOnlyList<int> lost = [partition];
        if (stage.AtFault.TryGetValue(agent, out var before) && before < attempt.StageAttempt)
            lost = outputs.LoseAll(agent);
        else
            outputs.Lose(partition);
        stage.AtFault[agent] = attempt.StageAttempt;
        MakeAnew(now, outputs, lost);
        foreach (var reader in _running.ToArray())
            if (reader != stage && reader.Spec.Parents.Any(p => p.Stage.ShuffleId == outputs.ShuffleId))
                FailIfInputLost(now, reader);
    }

    /// <summary>If the stage that makes the outputs runs, it has more to do.</summary>
    private void MakeAnew(DateTimeOffset now, ShuffleOutputs outputs, IReadOnlyList<int> lost)
    {
        var maker = lost.Count == 0 ? null : _running.Find(s => s.Outputs == outputs);
        if (maker is null)
            return;
        foreach (var partition in lost)
            Requeue(now, maker, partition);
    }

    /// <summary>The agent's file server is gone, and with it the outputs of what ran there; and so is the executor.</summary>
    private void AgentLost(DateTimeOffset now, AgentId id)
    {
        if (_agents.Remove(id, out var agent))
        {
            if (--_agentsOnHost[agent.Hostname] == 0)
            {
                _agentsOnHost.Remove(agent.Hostname);
                if (agent.Rack is { } rack && _hostsInRack[rack].Remove(agent.Hostname) && _hostsInRack[rack].Count == 0)
                    _hostsInRack.Remove(rack);
            }
            if (agent.Executor is { } executor)
            {
                Forget(now, executor);
                foreach (var attempt in executor.Live.ToArray())
                    GiveUp(now, attempt, mayComeBack: true);
            }
        }
        foreach (var outputs in _shuffles.Values)
            MakeAnew(now, outputs, outputs.LoseAll(id));
        foreach (var stage in _running.ToArray())
            FailIfInputLost(now, stage);
    }

    /// <summary>Its blocks are gone. Its tasks' own ends are told apart, and its map outputs stay.</summary>
    private void ExecutorLost(DateTimeOffset now, SchedulerEvent.ExecutorLost lost)
    {
        if (lost.ExecutorId != _options.Executor.Id || !_agents.TryGetValue(lost.AgentId, out var agent) ||
            agent.Executor is not { } executor)
            return;
        Forget(now, executor);
        if (!executor.HasRun)
        {
            const int TimesMax = 60;
            agent.PausedUntil = now + _options.FailedStartPause * Math.Min(TimesMax, 1L << Math.Min(agent.FailedStarts, 30));
            agent.FailedStarts++;
        }
        if (executor.Live.Count == 0)
            return;
        // The agent tells of all tasks that ended with it before: those that are left are under way to the next one.
        var next = agent.Executor = new ExecutorRun(agent);
        foreach (var attempt in executor.Live)
        {
            attempt.Executor = next;
            next.Live.Add(attempt);
        }
        executor.Live.Clear();
    }

    private void Forget(DateTimeOffset now, ExecutorRun executor)
    {
        executor.IsGone = true;
        executor.Agent.Executor = null;
        foreach (var block in _blocks.Remove(executor.Agent.Id))
            Replace(block);
        // What was hidden behind blocks may be needed now.
        foreach (var stage in _running.ToArray())
            FailIfInputLost(now, stage);
    }

    /// <summary>
    /// Tasks that will be revoked and that will not end by then, going by how long others of their stage took, are ended at
    /// once: less work is lost, and whoever waits is served sooner. The others have their chance.
    /// </summary>
    private void Warned(DateTimeOffset now, SchedulerEvent.RevocationWarning warning, ICollection<SchedulerCall> calls)
    {
        foreach (var id in warning.Tasks)
        {
            if (!_attempts.TryGetValue(id, out var attempt) || attempt.IsUnwanted || attempt.IsLost ||
                attempt.Stage.Durations.Median is not { } median || attempt.Launched + median <= warning.Deadline)
                continue;
            Unwant(attempt, calls);
            Requeue(now, attempt.Stage, attempt.Partition);
        }
    }
}
