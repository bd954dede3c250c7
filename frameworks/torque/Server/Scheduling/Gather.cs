using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Scheduling;

/// <summary>
/// How long slots are kept for a job that lacks others. Two frameworks that each gather what the other holds would wait
/// for ever; so after a while all is given back, for a while, both of a length by chance, and longer while in vain.
/// </summary>
internal sealed class Gather
{
    /// <summary>Least times; the most is twice as much.</summary>
    private static readonly TimeSpan HoldMin = TimeSpan.FromSeconds(20), PauseMin = TimeSpan.FromSeconds(2);

    private const int RoundsMax = 3;

    private JobId? _job;
    private int _gathered, _rounds;
    private DateTimeOffset? _until, _pausedUntil;

    /// <summary>When the next look is due; null where nothing is kept.</summary>
    public DateTimeOffset? NextDeadline => _pausedUntil ?? _until;

    /// <summary>All has been given back; nothing is to be kept until that is over.</summary>
    public bool IsPausing(DateTimeOffset now) => now < _pausedUntil;

    /// <summary>So much is kept for the job now.</summary>
    public void Progress(DateTimeOffset now, JobId job, int gathered, Random random)
    {
        if (_job != job)
            (_job, _rounds, _until) = (job, 0, null);
        _pausedUntil = null;
        if (gathered == 0)
            _until = null;
        else if (_until is null || gathered > _gathered)
            _until = now + HoldMin * (1 + random.NextDouble());
        else if (now >= _until)
        {
            _pausedUntil = now + PauseMin * (1 << _rounds) * (1 + random.NextDouble());
            _rounds = Math.Min(_rounds + 1, RoundsMax);
            _until = null;
        }
        _gathered = gathered;
    }

    /// <summary>Nothing has to be gathered.</summary>
    public void Stop() => (_job, _until, _pausedUntil, _gathered, _rounds) = (null, null, null, 0, 0);
}
