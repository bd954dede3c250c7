using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Queue;

/// <summary>What users do with jobs that are there.</summary>
public sealed partial class JobQueue
{
    private const int KillDelaySecondsDefault = 2;

    /// <summary>Of a job that was deleted while it ran: 256 and SIGTERM.</summary>
    private const int DeletedExitStatus = 271;

    private Reply Hold(Caller caller, Request.Hold request)
    {
        var members = MembersToChange(caller, request.Job, request.Array);
        var holds = HoldLetters.Parse(request.Types) ?? throw Refusal.BadValue("Hold_Types");
        CheckMayHold(caller, holds);
        foreach (var job in members)
            SetHolds(job, job.Holds | holds, caller);
        return new Reply();
    }

    private Reply Release(Caller caller, Request.Release request)
    {
        var members = MembersToChange(caller, request.Job, request.Array);
        var holds = HoldLetters.Parse(request.Types) ?? throw Refusal.BadValue("Hold_Types");
        CheckMayHold(caller, holds);
        // Upwards, so that the elements of an array take their turns in order.
        foreach (var job in members.AsEnumerable().Reverse())
            SetHolds(job, job.Holds & ~holds, caller);
        return new Reply();
    }

    private void SetHolds(Job job, Holds holds, Caller caller)
    {
        if (job.Holds == holds)
            return;
        job.Holds = holds;
        Touch(job);
        // A running job goes on; the hold counts once it is queued again.
        if (!job.IsPlaced)
            Settle(job);
        LogJob(job, $"Holds {HoldLetters.Format(holds, false, false)} set at request of {caller.Name}");
    }

    /// <summary>The jobs that are meant and have not ended.</summary>
    /// <exception cref="PbsException">There is none of them, or the caller may not change it.</exception>
    private List<Job> MembersToChange(Caller caller, string name, string? range)
    {
        var named = FindNamed(name);
        CheckMayChange(caller, named);
        var members = Members(named, range);
        members.RemoveAll(j => j.State == JobState.Complete);
        return members.Count > 0 ? members : throw Refusal.BadState(JobState.Complete);
    }

    private Reply Delete(Caller caller, Request.Delete request)
    {
        var members = MembersToChange(caller, request.Job, request.Array);
        if (request.Purge || request.Message is not null)
            CheckOperator(caller);
        foreach (var job in members)
            Delete(caller, job, request);
        return new Reply();
    }

    private void Delete(Caller caller, Job job, Request.Delete request)
    {
        // It is on its way already, and its mom knows.
        if (job.Ending == Ending.Delete && !request.Purge)
            return;
        Account(job, 'D', $"requestor={caller.Name}");
        LogJob(job, $"Job deleted at request of {caller.Name}");
        if (!IsOwner(caller, job))
            MailOf(job, 'a', $"Job deleted at request of {caller.Name}" + (request.Message is { } message ? $"\n{message}" : ""));
        if (job.IsPlaced && !request.Purge)
        {
            job.Ending = Ending.Delete;
            Touch(job);
            OrderKill(job, job.Form.Number("user_kill_delay") ?? request.DelaySeconds);
            return;
        }
        if (job.IsPlaced)
        {
            ForgetOnNodes(job);
            job.ExitStatus = DeletedExitStatus;
        }
        Complete(job);
    }

    private void OrderKill(Job job, int? graceSeconds) => _effects.Add(new QueueEffect.Order(job.Hosting!.Shares[0].Node, new MomOrder.Kill(
        Full(job), job.Run, graceSeconds ?? job.Queue.Attributes.Number("kill_delay") ?? KillDelaySecondsDefault,
        job.Ending == Ending.Delete ? DeletedExitStatus : null)));

    private Reply Signal(Caller caller, Request.Signal request)
    {
        var members = MembersToChange(caller, request.Job, null);
        var (number, suspends) = SignalNames.Parse(request.Name)
            ?? throw new PbsException(PbsError.UnknownSignal, "Unknown/illegal signal name");
        if (suspends is not null)
            CheckOperator(caller);
        members.RemoveAll(j => j.State != JobState.Running);
        if (members.Count == 0)
            throw Refusal.BadState(StateOf(FindNamed(request.Job)));
        foreach (var job in members)
        {
            foreach (var share in job.Hosting!.Shares)
                _effects.Add(new QueueEffect.Order(share.Node, new MomOrder.Signal(Full(job), job.Run, number)));
            LogJob(job, $"Signal job {request.Name} at request of {caller.Name}");
            if (suspends is not { } isSuspended)
                continue;
            job.IsSuspended = isSuspended;
            Become(job, JobState.Running, isSuspended ? Sub.Suspended : Sub.Running);
            Touch(job);
        }
        return new Reply();
    }

    private Reply Rerun(Caller caller, Request.Rerun request)
    {
        var named = FindNamed(request.Job);
        CheckOperator(caller);
        var members = Members(named, null);
        members.RemoveAll(j => !j.IsPlaced);
        if (members.Count == 0)
            throw Refusal.BadState(StateOf(named));
        if (!request.Force && members.Exists(j => !j.Form.IsRerunable))
            throw new PbsException(PbsError.NotRerunnable, "job is not rerunnable");
        foreach (var job in members)
        {
            LogJob(job, $"Job rerun at request of {caller.Name}");
            if (request.Force)
            {
                Requeue(job);
                continue;
            }
            job.Ending = Ending.Rerun;
            job.Substate = Sub.Rerun;
            Touch(job);
            OrderKill(job, null);
        }
        return new Reply();
    }

    private Reply Move(Caller caller, Request.Move request)
    {
        var members = MembersToChange(caller, request.Job, null);
        if (members.Find(j => j.IsPlaced) is { } placed)
            throw Refusal.BadState(placed.State);
        var queue = _queues.GetValueOrDefault(request.Queue.Split('@')[0]) ?? throw Refusal.UnknownQueue();
        var counted = members.Count(j => j.Queue == queue);
        var wish = WishOf(members[0]) with { Caller = caller };
        var (resources, defaulted) = CheckAdmission(wish, queue, members.Count, isRouted: false, counted);
        foreach (var job in members)
            MoveTo(job, queue, resources, defaulted);
        if (FindNamed(request.Job) is JobArray array && members.Count == array.Remaining)
        {
            array.Queue = queue;
            Touch(array);
        }
        return new Reply();
    }

    private Reply Order(Caller caller, Request.Order request)
    {
        Submission[] both = [FindNamed(request.Job), FindNamed(request.Other)];
        foreach (var submission in both)
        {
            CheckMayChange(caller, submission);
            if (Members(submission, null).Find(j => j.IsPlaced || j.State == JobState.Complete) is { } job)
                throw Refusal.BadState(job.State);
        }
        var ranks = (both[0].Rank, both[1].Rank);
        SetRank(both[0], ranks.Item2);
        SetRank(both[1], ranks.Item1);
        return new Reply();
    }

    private void SetRank(Submission submission, long rank)
    {
        // Where a job stands among the others must not change while it stands there.
        var members = Members(submission, null);
        foreach (var job in members)
            _ready.Remove(job);
        submission.Rank = rank;
        Touch(submission);
        foreach (var job in members)
        {
            job.Rank = rank;
            Touch(job);
        }
        SettleAll(submission);
    }

    private Reply Note(Caller caller, Request.Note request)
    {
        var members = MembersToChange(caller, request.Job, null).FindAll(j => j.IsPlaced);
        if (members.Count == 0)
            throw Refusal.BadState(StateOf(FindNamed(request.Job)));
        foreach (var job in members)
        {
            _effects.Add(new QueueEffect.Order(
                job.Hosting!.Shares[0].Node, new MomOrder.Note(Full(job), job.Run, request.Text, request.ToError)));
        }
        return new Reply();
    }

    /// <summary>For <c>qrun</c>: whether the caller may run it, and it can be run, whatever limits say.</summary>
    /// <returns>The reply to a request that is refused, or the job.</returns>
    public (Reply? Refusal, QueuedJob? Job) PrepareRun(DateTimeOffset now, Caller caller, Request.Run request)
    {
        _now = now;
        try
        {
            var named = FindNamed(request.Job);
            if (StateOf(named) is JobState.Complete)
                throw Refusal.BadState(JobState.Complete);
            CheckOperator(caller);
            if (named is not Job { State: JobState.Queued, Queue.IsExecution: true } job)
                throw Refusal.BadState(StateOf(named));
            var hosts = request.Hosts?.Split('+').Select(h => h.Split('/', ':')[0]).ToArray();
            return (null, RequestOf(job) with { Hosts = hosts });
        }
        catch (PbsException e)
        {
            return (new Reply(e.Error, e.Message, Server: _options.Server), null);
        }
    }

    private Reply Terminate(Caller caller)
    {
        CheckOperator(caller);
        return new Reply();
    }

    private static JobState StateOf(Submission submission) => submission is JobArray array ? array.State : ((Job)submission).State;
}

/// <summary>Names of signals as <c>qsig</c> takes them.</summary>
internal static class SignalNames
{
    private static readonly string[] ByNumber =
    [
        "NULL", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <returns>The number, and whether it suspends or resumes the job, null for neither; null as a whole if there is no such signal.</returns>
    public static (int Number, bool? Suspends)? Parse(string name)
    {
        if (name is "suspend" or "resume")
            return (Array.IndexOf(ByNumber, name == "suspend" ? "STOP" : "CONT"), name == "suspend");
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number < 64 ? (number, null) : null;
        var plain = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        return Array.IndexOf(ByNumber, plain) is var at and >= 0 ? (at, null) : null;
    }
}
