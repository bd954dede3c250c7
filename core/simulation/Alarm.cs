namespace Agora.Simulation;

/// <summary>Wakes a machine at its next deadline; one that is set earlier than before rings earlier.</summary>
internal sealed class Alarm(EventQueue events)
{
    private DateTimeOffset? _planned;
    private int _life;

    public void Set(DateTimeOffset? due, Action ring)
    {
        if (due is not { } at || (_planned is { } planned && planned <= at && planned > events.Now))
            return;
        _planned = at;
        var life = _life;
        events.At(at, () =>
        {
            if (life != _life)
                return;
            if (_planned == at)
                _planned = null;
            ring();
        });
    }

    /// <summary>What was planned belongs to a former life of the machine and does not ring any more.</summary>
    public void Reset()
    {
        _life++;
        _planned = null;
    }
}
