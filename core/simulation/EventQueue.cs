namespace Agora.Simulation;

/// <summary>
/// Virtual time: things to do, in order of their time and, at one time, of their making. Nothing ever waits: the clock
/// jumps to the next thing.
/// </summary>
public sealed class EventQueue
{
    public static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (long Ticks, long Number)> _queue = new();
    /// <summary>Things done at one instant beyond which time is taken to stand still.</summary>
    public const int AtOneInstantMax = 200_000;

    private long _number;
    private int _atThisInstant;

    public DateTimeOffset Now { get; private set; } = Start;

    /// <summary>Things done up to now.</summary>
    public long Done { get; private set; }

    public void At(DateTimeOffset time, Action action) =>
        _queue.Enqueue(action, (time > Now ? time.Ticks : Now.Ticks, _number++));

    public void After(TimeSpan wait, Action action) => At(Now + wait, action);

    /// <summary>Does the next thing; false if there is none before the end.</summary>
    public bool Step(DateTimeOffset end)
    {
        if (!_queue.TryPeek(out var action, out var key) || key.Ticks > end.Ticks)
        {
            Now = end > Now ? end : Now;
            return false;
        }
        _queue.Dequeue();
        _atThisInstant = key.Ticks == Now.Ticks ? _atThisInstant + 1 : 0;
        if (_atThisInstant > AtOneInstantMax)
            throw new BrokenInvariantException($"time stands still at {Now:HH:mm:ss.fff}: somebody wants the same instant again and again");
        Now = new DateTimeOffset(key.Ticks, TimeSpan.Zero);
        Done++;
        action();
        return true;
    }
}
