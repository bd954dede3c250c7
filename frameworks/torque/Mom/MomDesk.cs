using System.Threading.Channels;
using Agora.RemoteShell;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Launch;
using Agora.Torque.Mom.Life;
using Agora.Torque.Mom.Native;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom;

/// <summary>
/// The jobs of one node: takes the server's orders, runs them, and reports. One loop owns all of it; what takes time is
/// done elsewhere and tells the loop.
/// </summary>
/// <param name="program">Path of this program, for the processes above jobs and commands.</param>
internal sealed class MomDesk(MomNode node, MomWelcome welcome, string program, TimeProvider time, Action<string> log) : IAsyncDisposable
{
    /// <summary>How often a look is taken at what jobs use.</summary>
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    /// <summary>For the rest of a job that the server has given up.</summary>
    private static readonly TimeSpan ForgottenGrace = TimeSpan.FromSeconds(1);

    /// <summary>SIGKILL is sent again as long as something of a session is left, which may have been forking; for 5 s.</summary>
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(20);
    private const int KillRoundsMax = 250;

    // Bounded by what the server orders and by the node's own jobs.
    private readonly Channel<Action<DateTimeOffset>> _inbox = Channel.CreateUnbounded<Action<DateTimeOffset>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, HeldJob> _jobs = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _ownUser = (int)Libc.geteuid();
    private Spool? _spool;
    private ServerLink? _link;
    private ChannelWriter<MomReport>? _server;
    private ITimer? _timer;
    private Task _running = Task.CompletedTask;
    private DateTimeOffset _nextSample;
    private bool _isSampling, _isEnding;

    /// <exception cref="IOException">The spool cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Start()
    {
        _spool = Spool.Take(node);
        _link = new ServerLink(welcome.ServerHost, welcome.ServerPort, time, e => Post(now => Heard(now, e)), log);
        _timer = time.CreateTimer(_ => Post(_ => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _running = Task.WhenAll(Task.Run(LoopAsync), Task.Run(() => _link.RunAsync(_stop.Token)));
    }

    /// <summary>The server is found elsewhere from now on.</summary>
    public void Redirect(MomWelcome changed) => _link?.Redirect(changed.ServerHost, changed.ServerPort);

    /// <summary>Ends all jobs, and returns when nothing of them is left and their output is where it belongs.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        Post(now =>
        {
            _isEnding = true;
            foreach (var job in _jobs.Values.ToList())
                End(now, job, grace, null);
        });
        await _empty.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _inbox.Writer.TryComplete();
        await _running;
        if (_timer is { } timer)
            await timer.DisposeAsync();
        await Task.WhenAll(_jobs.Values.Select(j => j.EndShellAsync()));
        _spool?.Leave();
        _stop.Dispose();
    }

    private void Post(Action<DateTimeOffset> work) => _inbox.Writer.TryWrite(work);

    private async Task LoopAsync()
    {
        while (await _inbox.Reader.WaitToReadAsync())
        {
            while (_inbox.Reader.TryRead(out var work))
                work(time.GetUtcNow());
            RunDeadlines(time.GetUtcNow());
            if (_isEnding && _jobs.Values.All(j => j.Ended is not null))
                _empty.TrySetResult();
        }
    }

    private void RunDeadlines(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        var isSampled = false;
        foreach (var job in _jobs.Values.ToList())
        {
            if (job.Life is not { } life)
                continue;
            if (life.NextDeadline <= now)
                Handle(now, job, new LifeInput.Tick());
            if (life.NextDeadline is { } deadline && (next is null || deadline < next))
                next = deadline;
            isSampled |= life.IsSampled;
        }
        if (isSampled && !_isSampling)
        {
            if (_nextSample <= now)
                Sample(now);
            else if (next is null || _nextSample < next)
                next = _nextSample;
        }
        if (next is not { } at)
            return;
        var wait = at - now;
        _timer!.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Sample(DateTimeOffset now)
    {
        _isSampling = true;
        _nextSample = now + SampleInterval;
        List<(HeldJob Job, int Session, IReadOnlyList<int> Remote)> looked =
            [.. _jobs.Values.Where(j => j is { Life.IsSampled: true, Process: not null }).Select(j => (j, j.Process!.Pid, j.Shell?.Sessions ?? []))];
        _ = Task.Run(() =>
        {
            var meter = new UsageMeter();
            var seen = looked.ConvertAll(l => (l.Job, Sample: meter.Of(l.Session, l.Remote)));
            Post(later =>
            {
                _isSampling = false;
                foreach (var (job, sample) in seen)
                    Handle(later, job, new LifeInput.Sampled(sample));
            });
        });
    }

    private void Heard(DateTimeOffset now, LinkEvent heard)
    {
        switch (heard)
        {
            case LinkEvent.Connected(var server):
                _server = server;
                Report(new MomReport.Hello(node.Name, welcome.Token, [.. _jobs.Values.Where(j => !j.IsForgotten).Select(
                    j => new JobRun(j.Launch.JobId, j.Launch.Run, j.IsFirst, j.Ended is not null, j.Life?.Session ?? 0))]));
                foreach (var job in _jobs.Values)
                    Repeat(job);
                break;
            case LinkEvent.Disconnected:
                _server = null;
                break;
            case LinkEvent.Ordered(var order):
                Obey(now, order);
                break;
        }
    }

    private void Report(MomReport report) => _server?.TryWrite(report);

    private void Obey(DateTimeOffset now, MomOrder order)
    {
        switch (order)
        {
            case MomOrder.Join(var launch):
                Take(now, launch, order, isFirst: false);
                break;
            case MomOrder.Start(var launch):
                Take(now, launch, order, isFirst: true);
                break;
            case MomOrder.Signal(var id, var run, var number) when Find(id, run) is { } job:
                if (job.IsFirst)
                    Handle(now, job, new LifeInput.Signal(number));
                else
                    job.SignalRemote(number);
                break;
            case MomOrder.Kill(var id, var run, var grace, var status) when Find(id, run) is { } job:
                End(now, job, TimeSpan.FromSeconds(grace), status);
                break;
            case MomOrder.Limit(var id, var run, var limits) when Find(id, run) is { IsFirst: true } job:
                Handle(now, job, new LifeInput.Limit(limits));
                break;
            case MomOrder.Note(var id, var run, var text, var toError) when Find(id, run) is { IsFirst: true } job:
                Handle(now, job, new LifeInput.Note(text, toError));
                break;
            case MomOrder.Forget(var id, var run) when Find(id, run) is { } job:
                Forget(now, job);
                break;
        }
    }

    private HeldJob? Find(string id, int run) => _jobs.GetValueOrDefault(id) is { } job && job.Launch.Run == run ? job : null;

    private void Take(DateTimeOffset now, JobLaunch launch, MomOrder order, bool isFirst)
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
                Forget(now, held);
            }
            return;
        }
        var job = new HeldJob(launch, isFirst);
        _jobs.Add(launch.JobId, job);
        // The names of users may come from far away.
        _ = Task.Run(() =>
        {
            var account = UserAccount.Find(launch.User, launch.Group);
            Post(later => Begin(later, job, account));
        });
    }

    /// <summary>Says again where a job stands.</summary>
    private void Repeat(HeldJob job)
    {
        if (job.IsForgotten)
            return;
        if (job.Life is { Session: > 0 } life)
            Report(new MomReport.Started(job.Launch.JobId, job.Launch.Run, life.Session));
        if (job.Joined is { } joined)
            Report(joined);
        if (job.Ended is { } ended)
            Report(ended);
    }

    private void Begin(DateTimeOffset now, HeldJob job, UserAccount? account)
    {
        try
        {
            if (job.IsForgotten)
                throw new IOException("it was given up before it began");
            if (account is null)
                throw new IOException($"{node.Name} knows no user {job.Launch.User}{(job.Launch.Group is { } group ? $", or no group {group}" : "")}");
            var isOwn = account.UserId == _ownUser;
            if (!isOwn && _ownUser != 0)
            {
                throw new IOException(
                    $"the mom on {node.Name} runs as uid {_ownUser} and cannot run jobs of {account.Name} ({account.UserId}): let the agent run as root");
            }
            OpenShell(job, account, isOwn);
            if (!job.IsFirst)
            {
                Say(job, new MomReport.Joined(job.Launch.JobId, job.Launch.Run, job.Shell!.Port));
                return;
            }
            var plan = SessionPlanner.Plan(job.Launch, node, account, isOwn, Guid.NewGuid().ToString("N").ToUpperInvariant(),
                job.Shell!.Port, File.Exists);
            job.Process = SessionProcess.Start(program, plan);
            _ = WatchAsync(job, job.Process);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            if (!job.IsFirst)
                Say(job, new MomReport.Joined(job.Launch.JobId, job.Launch.Run, 0, e.Message));
            else
                Handle(now, job, new LifeInput.SessionLost(e.Message));
        }
        if (job is { IsForgotten: true, IsFirst: false })
            Drop(now, job);
    }

    private void Say(HeldJob job, MomReport.Joined said)
    {
        job.Joined = said;
        if (!job.IsForgotten)
            Report(said);
    }

    private void OpenShell(HeldJob job, UserAccount account, bool isOwn)
    {
        var number = Math.Max(0, job.Launch.Hosts.ToList().FindIndex(h => h.Name == node.Name));
        job.Shell = new RemoteShellServer(node.Address, job.Launch.Token,
            [program, "command", ProcessLimits.ShellPrefix(job.Launch.Limits)],
            MpiEnvironment.OfNode(node, number), _ => { },
            new RemoteUser(isOwn ? null : account.Name, Directory.Exists(account.Home) ? account.Home : "/"));
    }

    private async Task WatchAsync(HeldJob job, SessionProcess process)
    {
        await process.ReadAsync(said => Post(now => Handle(now, job, new LifeInput.Said(said))));
        Post(now => _ = LoseAsync(job));
    }

    /// <summary>
    /// The process above a job has gone. If it was killed, by its owner, who may where the mom is no more than he is,
    /// nothing is left to find what was below it but the session.
    /// </summary>
    private async Task LoseAsync(HeldJob job)
    {
        if (job.Life is { HasEnded: false, Session: > 0 } life)
        {
            var session = life.Session;
            // The kernel signals a group as one, so what is forking does not escape; then what has left the group.
            _ = Libc.kill(-session, Libc.SIGKILL);
            for (var round = 0; round < KillRoundsMax && await Task.Run(() => ProcessTree.SignalSession(session, Libc.SIGKILL)) > 0; round++)
                await Task.Delay(KillAgain, time);
        }
        Post(now => Handle(now, job, new LifeInput.SessionLost($"the process above the job on {node.Name} was killed")));
    }

    private void Handle(DateTimeOffset now, HeldJob job, LifeInput input)
    {
        foreach (var effect in job.Life!.Handle(now, input))
        {
            switch (effect)
            {
                case LifeEffect.Tell(var command):
                    job.Process?.Tell(command);
                    break;
                case LifeEffect.SignalRemote(var number):
                    job.SignalRemote(number);
                    break;
                case LifeEffect.EndRemote:
                    _ = job.EndShellAsync();
                    break;
                case LifeEffect.Report(MomReport.Ended ended):
                    _ = ReportEndAsync(job, ended);
                    break;
                case LifeEffect.Report(var report):
                    if (!job.IsForgotten)
                        Report(report);
                    break;
            }
        }
    }

    private async Task ReportEndAsync(HeldJob job, MomReport.Ended ended)
    {
        await job.EndShellAsync();
        Post(now =>
        {
            job.Ended = ended;
            if (job.IsForgotten)
                Drop(now, job);
            else
                Report(ended);
        });
    }

    private void End(DateTimeOffset now, HeldJob job, TimeSpan grace, int? status)
    {
        if (job.IsFirst)
            Handle(now, job, new LifeInput.Kill(grace, status));
        else
            _ = EndJoinedAsync(job);
    }

    /// <summary>A node that only has joined a job has nothing to tell of its end.</summary>
    private async Task EndJoinedAsync(HeldJob job)
    {
        await job.EndShellAsync();
        if (_isEnding)
            Post(now => Drop(now, job));
    }

    private void Forget(DateTimeOffset now, HeldJob job)
    {
        job.IsForgotten = true;
        if (!job.IsFirst)
        {
            if (job.Joined is not null)
                _ = DropAsync(job);
        }
        else if (job.Ended is not null)
        {
            Drop(now, job);
        }
        else
        {
            Handle(now, job, new LifeInput.Kill(ForgottenGrace, null));
        }
    }

    private async Task DropAsync(HeldJob job)
    {
        await job.EndShellAsync();
        Post(now => Drop(now, job));
    }

    private void Drop(DateTimeOffset now, HeldJob job)
    {
        if (_jobs.GetValueOrDefault(job.Launch.JobId) != job)
            return;
        _jobs.Remove(job.Launch.JobId);
        if (job.Next is { } next)
            Obey(now, next);
    }
}
