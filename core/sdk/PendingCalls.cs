namespace Agora.Sdk;

/// <summary>
/// Calls made while no master listens. Those that say how the framework wants to be offered to are remembered by their
/// result and become part of the next Subscribe; others wait in a bounded queue.
/// </summary>
internal sealed class PendingCalls(int queueMax)
{
    private readonly Queue<SchedulerCall> _queue = new();
    private bool? _suppressed;
    private FrameworkFilters? _filters;
    private IReadOnlyList<Hint>? _hints;

    /// <summary>Told to each master anew: it is not among what one says when subscribing.</summary>
    private SchedulerCall.Publish? _page;

    // What the scheduler wants since the last Subscribe went out, and therefore is not in it.
    private SchedulerCall? _oweSuppression;
    private SchedulerCall.SetFilters? _oweFilters;
    private SchedulerCall.UpdateHints? _oweHints;
    private bool _oweTeardown;

    /// <summary>Notes what the call says about offers, whether or not it can be sent now.</summary>
    public void Remember(SchedulerCall call)
    {
        switch (call)
        {
            case SchedulerCall.Suppress: _suppressed = true; break;
            case SchedulerCall.Revive: _suppressed = false; break;
            case SchedulerCall.SetFilters c: _filters = c.Filters; break;
            case SchedulerCall.UpdateHints c: _hints = c.Hints; break;
            case SchedulerCall.Publish c: _page = c; break;
        }
    }

    /// <summary>Keeps a call that cannot be sent now; false if too many wait.</summary>
    public bool TryQueue(SchedulerCall call)
    {
        switch (call)
        {
            case SchedulerCall.Suppress or SchedulerCall.Revive: _oweSuppression = call; return true;
            case SchedulerCall.SetFilters c: _oweFilters = c; return true;
            case SchedulerCall.UpdateHints c: _oweHints = c; return true;
            case SchedulerCall.Publish: return true;
        }
        if (_queue.Count >= queueMax)
            return false;
        _queue.Enqueue(call);
        return true;
    }

    public void OweTeardown() => _oweTeardown = true;

    /// <summary>The subscription with everything said since put into it.</summary>
    public SchedulerCall.Subscribe Fold(SchedulerCall.Subscribe subscription, FrameworkId? id)
    {
        // A Revive is still owed: it also ends refusals, which subscribing may not.
        if (_oweSuppression is SchedulerCall.Suppress)
            _oweSuppression = null;
        _oweFilters = null;
        _oweHints = null;
        return subscription with
        {
            Framework = subscription.Framework with { Id = id ?? subscription.Framework.Id },
            Suppressed = _suppressed ?? subscription.Suppressed,
            Filters = _filters ?? subscription.Filters,
            Hints = _hints ?? subscription.Hints,
        };
    }

    /// <summary>Empties it: what is to be sent now that the master listens. A teardown comes last, and alone.</summary>
    public List<SchedulerCall> Take()
    {
        var calls = new List<SchedulerCall>();
        if (_oweTeardown)
        {
            calls.Add(new SchedulerCall.Teardown());
        }
        else
        {
            if (_oweSuppression is { } suppression)
                calls.Add(suppression);
            if (_oweFilters is { } filters)
                calls.Add(filters);
            if (_oweHints is { } hints)
                calls.Add(hints);
            if (_page is { } page)
                calls.Add(page);
            calls.AddRange(_queue);
        }
        _queue.Clear();
        _oweSuppression = null;
        _oweFilters = null;
        _oweHints = null;
        return calls;
    }
}
