namespace Agora.Hadoop.Tasks;

/// <summary>How far an attempt is. Written by its threads, read by the TaskTracker's.</summary>
public sealed class AttemptProgressSink(TimeProvider time)
{
    private double _fraction;
    private string? _status;
    private long _lastActive = time.GetTimestamp();

    /// <summary>0 to 1.</summary>
    public double Fraction
    {
        get => Volatile.Read(ref _fraction);
        set
        {
            Volatile.Write(ref _fraction, value);
            Active();
        }
    }

    public string? Status
    {
        get => Volatile.Read(ref _status);
        set
        {
            Volatile.Write(ref _status, value);
            Active();
        }
    }

    /// <summary>How long nothing has been read, written or reported.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastActive));

    public void Active() => Volatile.Write(ref _lastActive, time.GetTimestamp());
}
