using System.Text;
using System.Text.Json;
using Agora.Torque.Jobs.Wire;

namespace Agora.Tests.Fast.Torque;

/// <summary>
/// A BatchMom whose jobs run in virtual time: scripts say <c>run SECONDS STATUS</c>. It keeps to the protocol as the real
/// one does: what has ended is said again until it is to be forgotten, orders may come twice.
/// </summary>
internal sealed class BenchMom(BatchServerBench bench, BenchNode node, ExecutorId executor)
{
    private const int OverWalltime = -11, Killed = 271;
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1), ForgottenGrace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Held> _jobs = [];
    private readonly HashSet<TaskId> _slots = [];
    private MomWelcome? _welcome;
    private MomLink? _link;
    private DateTimeOffset _connectAt;
    private bool _isEnding;
    private static int s_sessions;

    /// <summary>A job as the mom has it.</summary>
    internal sealed class Held(JobLaunch launch, bool isFirst)
    {
        public JobLaunch Launch { get; } = launch;
        public bool IsFirst { get; } = isFirst;
        public int Session { get; set; }
        public DateTimeOffset Began { get; set; }
        public DateTimeOffset? EndsAt { get; set; }
        public int ExitStatus { get; set; }
        public MomReport.Ended? Ended { get; set; }
        public bool IsForgotten { get; set; }
        public MomOrder? Next { get; set; }
    }

    public ExecutorId Executor { get; } = executor;

    /// <summary>Jobs that have slots here.</summary>
    public IEnumerable<Held> Jobs => _jobs.Values.Where(j => !j.IsForgotten && j.Ended is null);

    public string Node => node.Name;

    public string Server => _welcome?.Server ?? "";

    public MomLink? Link => _link;

    public DateTimeOffset? NextDeadline
    {
        get
        {
            DateTimeOffset? next = _link is null && _welcome is not null && !_isEnding ? _connectAt : null;
            foreach (var job in _jobs.Values)
            {
                if (job.Ended is null && job.EndsAt is { } at && !(at >= next))
                    next = at;
            }
            return next;
        }
    }

    public void Launch(TaskSpec task)
    {
        _welcome = JsonSerializer.Deserialize(task.Data.Span, MomJson.Default.MomWelcome);
        _slots.Add(task.Id);
        node.Update(task.Id, TaskState.Running);
    }

    public void Kill(TaskId task)
    {
        if (!_slots.Remove(task))
            return;
        node.Update(task, TaskState.Killed);
        if (_slots.Count == 0)
            End();
    }

    /// <summary>Its process is gone, and all that it ran.</summary>
    public void Die()
    {
        _jobs.Clear();
        _slots.Clear();
        _isEnding = true;
        _link?.Close();
    }

    public bool Tick()
    {
        var now = bench.Now;
        var isBusy = false;
        if (_link is null && _welcome is { } welcome && !_isEnding && now >= _connectAt)
        {
            _connectAt = now + Reconnect;
            if (bench.Find(welcome.Server) is { IsAlive: true } server)
            {
                _link = server.Accept(this);
                _link.Say(now, new MomReport.Hello(node.Name, welcome.Token, [.. _jobs.Values.Where(j => !j.IsForgotten).Select(
                    j => new JobRun(j.Launch.JobId, j.Launch.Run, j.IsFirst, j.Ended is not null, j.Session))]));
                foreach (var job in _jobs.Values)
                    Repeat(job);
                isBusy = true;
            }
        }
        foreach (var job in _jobs.Values.Where(j => j.Ended is null && j.EndsAt <= now).ToList())
        {
            isBusy = true;
            Finish(job, job.ExitStatus);
        }
        return isBusy | (_link?.Deliver(now) ?? false);
    }

    public void Closed(MomLink link)
    {
        if (_link != link)
            return;
        _link = null;
        _connectAt = bench.Now + Reconnect;
    }

    public void Obey(MomOrder order)
    {
        switch (order)
        {
            case MomOrder.Join(var launch): Take(launch, order, isFirst: false); break;
            case MomOrder.Start(var launch): Take(launch, order, isFirst: true); break;
            case MomOrder.Kill(var id, var run, _, var status) when Find(id, run) is { IsFirst: true, Ended: null } job:
                Finish(job, status ?? Killed);
                break;
            case MomOrder.Forget(var id, var run) when Find(id, run) is { } job:
                Forget(job);
                break;
        }
    }

    private Held? Find(string id, int run) => _jobs.GetValueOrDefault(id) is { } job && job.Launch.Run == run ? job : null;

    private void Take(JobLaunch launch, MomOrder order, bool isFirst)
    {
        if (_isEnding)
            return;
        if (_jobs.GetValueOrDefault(launch.JobId) is { } held)
        {
            if (held.Launch.Run == launch.Run)
            {
                Repeat(held);
            }
            else if (held.Launch.Run < launch.Run)
            {
                held.Next = order;
                Forget(held);
            }
            return;
        }
        var job = new Held(launch, isFirst) { Began = bench.Now };
        _jobs.Add(launch.JobId, job);
        if (isFirst)
        {
            job.Session = ++s_sessions;
            var words = Encoding.ASCII.GetString(launch.Script).Split(' ');
            var length = double.Parse(words[1], null);
            job.ExitStatus = int.Parse(words[2], null);
            if (launch.Limits.WalltimeSeconds is { } most && length > most)
                (length, job.ExitStatus) = (most, OverWalltime);
            job.EndsAt = bench.Now + TimeSpan.FromSeconds(length);
            bench.Began(this, launch);
        }
        Repeat(job);
    }

    private void Repeat(Held job)
    {
        if (job.IsForgotten)
            return;
        var (id, run) = (job.Launch.JobId, job.Launch.Run);
        if (!job.IsFirst)
            Say(new MomReport.Joined(id, run, 4000));
        else if (job.Session > 0)
            Say(new MomReport.Started(id, run, job.Session));
        if (job.Ended is { } ended)
            Say(ended);
    }

    private void Say(MomReport report) => _link?.Say(bench.Now, report);

    private void Finish(Held job, int status)
    {
        var length = (bench.Now - job.Began).TotalSeconds;
        job.Ended = new MomReport.Ended(job.Launch.JobId, job.Launch.Run, status, new JobUsage(length, 1, 1, length), job.Session);
        if (job.IsForgotten)
            Drop(job);
        else
            Say(job.Ended);
    }

    private void Forget(Held job)
    {
        job.IsForgotten = true;
        if (!job.IsFirst || job.Ended is not null)
            Drop(job);
        else if (!(job.EndsAt <= bench.Now + ForgottenGrace))
            job.EndsAt = bench.Now + ForgottenGrace;
    }

    private void Drop(Held job)
    {
        _jobs.Remove(job.Launch.JobId);
        if (job.Next is { } next)
            Obey(next);
    }

    private void End()
    {
        foreach (var job in Jobs.Where(j => j.IsFirst).ToList())
            Finish(job, Killed);
        // What has been said arrives before the process is gone.
        _link?.Deliver(DateTimeOffset.MaxValue);
        Die();
        node.Exited(this);
    }
}
