using System.Diagnostics;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom.Life;

/// <summary>
/// A job on its first node, from its start to the word that it has ended, as a state machine without I/O.
/// <para>Laws: it is told to have ended once, after nothing of it is left and its output is where it belongs; the first
/// reason to end it is the one that counts; who is asked to end and does not is killed after the grace.</para>
/// </summary>
/// <param name="killDelay">Between SIGTERM and SIGKILL where nobody says otherwise.</param>
internal sealed class JobLife(string jobId, int run, JobLimits limits, TimeSpan killDelay)
{
    /// <summary>Between two reports of what a job uses.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private const int SigKill = 9, SigTerm = 15, SigCont = 18;

    private enum Stage
    {
        Starting,
        Running,
        LeaderEnded,
        Finishing,
        Ended,
    }

    private readonly List<LifeEffect> _effects = [];
    private JobLimits _limits = limits;
    private Stage _stage;
    private DateTimeOffset _startedAt, _nextReport;
    private DateTimeOffset? _killAt;
    private bool _isEnding;
    private int? _forcedStatus;
    private int _status, _waitStatus;
    private string? _message;
    private double _cput;
    private long _mem, _vmem;
    private double _walltime;

    public int Session { get; private set; }

    public bool HasEnded => _stage == Stage.Ended;

    /// <summary>What it uses is worth a look.</summary>
    public bool IsSampled => _stage is Stage.Running or Stage.LeaderEnded;

    /// <summary>When <see cref="LifeInput.Tick"/> is wanted at the latest; null if nothing waits for time.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            if (_stage is Stage.Finishing or Stage.Ended)
                return null;
            var walltime = _stage == Stage.Running && !_isEnding && _limits.WalltimeSeconds is { } seconds
                ? _startedAt.AddSeconds(seconds) : (DateTimeOffset?)null;
            return _killAt is { } kill && (walltime is null || kill < walltime) ? kill : walltime;
        }
    }

    /// <summary>The one door.</summary>
    public IReadOnlyList<LifeEffect> Handle(DateTimeOffset now, LifeInput input)
    {
        _effects.Clear();
        if (_stage == Stage.Ended)
            return [];
        switch (input)
        {
            case LifeInput.Said(var said):
                Said(now, said);
                break;
            case LifeInput.SessionLost(var why):
                _message = Join(_message, why);
                _forcedStatus ??= _stage == Stage.Starting ? ExitStatus.NotStarted : ExitStatus.SignalBase + SigKill;
                _effects.Add(new LifeEffect.EndRemote());
                End(now);
                break;
            case LifeInput.Sampled(var sample) when IsSampled:
                Sampled(now, sample);
                break;
            case LifeInput.Limit(var changed):
                _limits = changed;
                break;
            case LifeInput.Signal(var number) when IsSampled:
                Signal(number);
                break;
            case LifeInput.Kill(var grace, var status) when _stage != Stage.Finishing:
                Kill(now, grace, status);
                break;
            case LifeInput.Note(var text, var toError) when _stage != Stage.Finishing:
                Write(text.EndsWith('\n') ? text : text + "\n", toError);
                break;
            case LifeInput.Sampled or LifeInput.Signal or LifeInput.Kill or LifeInput.Note or LifeInput.Tick:
                break;
            default:
                throw new UnreachableException($"no handling of {input.GetType()}");
        }
        RunDeadlines(now);
        return [.. _effects];
    }

    private void Said(DateTimeOffset now, SessionEvent said)
    {
        switch (said)
        {
            case SessionEvent.Started(var leader):
                _stage = Stage.Running;
                Session = leader;
                _startedAt = now;
                _nextReport = now + ReportInterval;
                _effects.Add(new LifeEffect.Report(new MomReport.Started(jobId, run, leader)));
                if (_isEnding)
                    Signal(_killAt is null ? SigKill : SigTerm);
                break;
            case SessionEvent.NotStarted(var status, var message):
                _status = status;
                _message = Join(_message, message);
                break;
            case SessionEvent.LeaderEnded(var waitStatus) when _stage == Stage.Running:
                _stage = Stage.LeaderEnded;
                _waitStatus = waitStatus;
                _walltime = (now - _startedAt).TotalSeconds;
                if (!_isEnding)
                    AskToEnd(now, killDelay);
                break;
            case SessionEvent.TreeEnded(var waitStatus, var cpu, var peak):
                if (_stage == Stage.Running)
                    _walltime = (now - _startedAt).TotalSeconds;
                _waitStatus = waitStatus;
                Finish(cpu, peak);
                break;
            case SessionEvent.Done(var message):
                _message = Join(_message, message);
                End(now);
                break;
        }
    }

    private void Sampled(DateTimeOffset now, UsageSample sample)
    {
        _cput = Math.Max(_cput, sample.CputSeconds);
        _mem = Math.Max(_mem, sample.MemBytes);
        _vmem = Math.Max(_vmem, sample.VmemBytes);
        if (!_isEnding && LimitCheck.OfUsage(_limits, sample) is { } breach)
            Break(now, breach);
        if (now < _nextReport)
            return;
        _nextReport = now + ReportInterval;
        _effects.Add(new LifeEffect.Report(new MomReport.Used(jobId, run, UsageAt(now))));
    }

    private void Kill(DateTimeOffset now, TimeSpan grace, int? status)
    {
        if (!_isEnding)
        {
            _forcedStatus = status;
            AskToEnd(now, grace);
        }
        else if (now + grace < _killAt)
        {
            _killAt = now + grace;
        }
    }

    private void Break(DateTimeOffset now, Breach breach)
    {
        _forcedStatus = breach.Status;
        _message = Join(_message, breach.Text);
        Write(breach.Line, toError: true);
        AskToEnd(now, killDelay);
    }

    private void AskToEnd(DateTimeOffset now, TimeSpan grace)
    {
        _isEnding = true;
        _killAt = now + grace;
        Signal(SigTerm);
        // A stopped process takes its SIGTERM only when it goes on.
        Signal(SigCont);
    }

    private void RunDeadlines(DateTimeOffset now)
    {
        if (_stage is Stage.Finishing or Stage.Ended)
            return;
        if (_stage == Stage.Running && !_isEnding && LimitCheck.OfWalltime(_limits, now - _startedAt) is { } breach)
            Break(now, breach);
        if (_killAt <= now)
        {
            _killAt = null;
            Signal(SigKill);
        }
    }

    private void Finish(long cpuMicroseconds, long peakBytes)
    {
        _stage = Stage.Finishing;
        _cput = Math.Max(_cput, cpuMicroseconds / 1e6);
        _mem = Math.Max(_mem, peakBytes);
        if (_forcedStatus is not null || _status == 0)
            _status = _forcedStatus ?? ExitStatus.Of(_waitStatus);
        var used = $"cput={Time(_cput)},vmem={PbsSize.Kilobytes(_vmem)},walltime={Time(_walltime)},mem={PbsSize.Kilobytes(_mem)},energy_used=0";
        _effects.Add(new LifeEffect.EndRemote());
        _effects.Add(new LifeEffect.Tell(new SessionCommand.Finish(Session, used, _status)));
    }

    private void End(DateTimeOffset now)
    {
        if (_stage is Stage.Running)
            _walltime = (now - _startedAt).TotalSeconds;
        if (_stage != Stage.Finishing)
            _status = _forcedStatus ?? _status;
        _stage = Stage.Ended;
        _effects.Add(new LifeEffect.Report(
            new MomReport.Ended(jobId, run, _status, new JobUsage(_cput, _mem, _vmem, _walltime), Session, _message)));
    }

    private JobUsage UsageAt(DateTimeOffset now) =>
        new(_cput, _mem, _vmem, _stage == Stage.Running ? (now - _startedAt).TotalSeconds : _walltime);

    private void Signal(int number)
    {
        _effects.Add(new LifeEffect.Tell(new SessionCommand.Signal(number)));
        _effects.Add(new LifeEffect.SignalRemote(number));
    }

    private void Write(string text, bool toError) => _effects.Add(new LifeEffect.Tell(new SessionCommand.Note(text, toError)));

    private static string Time(double seconds) => PbsTime.Format(TimeSpan.FromSeconds(seconds));

    private static string? Join(string? first, string? second) => first is null ? second : second is null ? first : $"{first}; {second}";
}
