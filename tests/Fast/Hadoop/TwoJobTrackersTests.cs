using System.Text;
using System.Text.Json;
using Agora.Cluster;
using Agora.Hadoop.Jobs;
using Agora.Sdk;
using Agora.Simulation;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>Two JobTrackers under the real master and allocator, in virtual time, each with more to do than there is room.</summary>
public sealed class TwoJobTrackersTests
{
    private const int Agents = 3, Maps = 40, Reduces = 12;

    /// <summary>A reduce that begins before the last map could not end before it; here it only takes very long.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(2), Patient = TimeSpan.FromHours(5);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Both_jobs_end_and_no_map_ever_waits_for_a_reduce(ulong seed)
    {
        var world = new World(seed, new MasterOptions());
        world.Master.Start();
        for (var i = 1; i <= Agents; i++)
            world.AddAgent($"node{i}", Resources.Of(2, 4096), "r1").Start();
        Tracker[] trackers = [new(world, "a"), new(world, "b")];
        foreach (var tracker in trackers)
            tracker.Host.Start();
        world.Run(TimeSpan.FromSeconds(5));
        foreach (var tracker in trackers)
            tracker.Submit();
        // 80 maps on 6 processors are 14 rounds; ten times that is far less than an early reduce would hold its processor.
        var mapsEnd = world.Run(Quick * 140, () => trackers.All(t => t.Status.MapProgress >= 1));
        Assert.True(mapsEnd, string.Join(", ", trackers.Select(t => $"{t.Status.MapProgress:0.00} of the maps")));
        Assert.True(world.Run(2 * Patient, () => trackers.All(t => t.Status.State == JobState.Succeeded)),
            string.Join(", ", trackers.Select(t => $"{t.Status.State} {t.Status.ReduceProgress:0.00} of the reduces")));
    }

    /// <summary>A JobTracker whose store is always well and whose tasks pass time.</summary>
    private sealed class Tracker : IScheduler
    {
        private readonly JobTracker _tracker;
        private readonly World _world;
        private JobId _job;

        public Tracker(World world, string name)
        {
            _world = world;
            _tracker = new JobTracker(new JobTrackerOptions("202611221644",
                new FrameworkInfo(new FrameworkId($"hadoop-{name}"), "hadoop"), new CommandSpec(["agora-hadoop", "tasktracker"])));
            Host = world.AddScheduler(this);
        }

        public SimScheduler Host { get; }
        public SchedulerCall.Subscribe Subscription => _tracker.Subscription;
        public DateTimeOffset? NextDeadline => _tracker.NextDeadline;
        public JobStatus Status => _tracker.Status(_job)!;

        public void Submit()
        {
            _job = _tracker.ReserveJobId(_world.Events.Now)!.Value;
            var calls = new List<SchedulerCall>();
            Tell(new JobTrackerEvent.Submitted(_job, new JobSubmission("ann", new Dictionary<string, string>
            {
                [JobConf.OutputPath] = "hdfs://h/out",
                [JobConf.ReduceTasks] = $"{Reduces}",
                [JobConf.SpeculateMaps] = "false",
                [JobConf.SpeculateReduces] = "false",
            }, [])), calls);
            Tell(new JobTrackerEvent.Prepared(_job,
                [.. Enumerable.Range(0, Maps).Select(i => new InputSplit("hdfs://h/in", i * 100, 100, [], i))]), calls);
            foreach (var call in calls)
                Host.Call(call);
        }

        public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
        {
            if (e is SchedulerEvent.Update { Status: { State: TaskState.Finished } status } update)
            {
                e = update with
                {
                    Status = status with
                    {
                        Data = JsonSerializer.SerializeToUtf8Bytes(
                            new AttemptReport([], $"http://{status.AgentId}/out"), JobsJson.Default.AttemptReport),
                    },
                };
            }
            Step(calls, made => _tracker.Handle(now, e, made));
        }

        public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls) => Step(calls, made => _tracker.Tick(now, made));

        private void Tell(JobTrackerEvent e, ICollection<SchedulerCall> calls) =>
            Step(calls, made => _tracker.Handle(_world.Events.Now, e, made));

        private void Step(ICollection<SchedulerCall> calls, Action<ICollection<SchedulerCall>> step)
        {
            var made = new List<SchedulerCall>();
            step(made);
            _tracker.TakeRecords();
            foreach (var call in made)
                calls.Add(call is SchedulerCall.Accept accept ? accept with { Tasks = [.. accept.Tasks.Select(Simulated)] } : call);
            foreach (var effect in _tracker.TakeEffects())
            {
                JobTrackerEvent? answer = effect switch
                {
                    JobTrackerEffect.CommitAttempt c => new JobTrackerEvent.AttemptCommitted(c.Attempt),
                    JobTrackerEffect.CommitJob c => new JobTrackerEvent.JobCommitted(c.JobId),
                    JobTrackerEffect.AbortJob a => new JobTrackerEvent.JobAborted(a.JobId),
                    _ => null,
                };
                if (answer is not null)
                    Tell(answer, calls);
            }
        }

        private TaskSpec Simulated(TaskSpec task)
        {
            var isEarly = AttemptId.Parse(task.Id.Value).Task.Kind == TaskKind.Reduce && Status.MapProgress < 1;
            return task with { Data = Encoding.UTF8.GetBytes(string.Join(' ', new TaskBody(isEarly ? Patient : Quick, 0).Words)) };
        }
    }
}
