namespace Agora.Sdk;

/// <summary>Keeps a framework's page on the dashboard up to date: looks again each two seconds, and sends what has changed.</summary>
public sealed class PagePublisher : IAsyncDisposable
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(2);

    private readonly Func<DateTimeOffset, FrameworkPage> _make;
    private readonly Action<Action<DateTimeOffset, ICollection<SchedulerCall>>> _post;
    private readonly ITimer _timer;
    private string? _sent;

    /// <param name="post">The driver's door: <see cref="SchedulerDriver.Post"/>.</param>
    /// <param name="make">Makes the page, on the scheduler's loop.</param>
    public PagePublisher(Action<Action<DateTimeOffset, ICollection<SchedulerCall>>> post, TimeProvider time, Func<DateTimeOffset, FrameworkPage> make)
    {
        (_post, _make) = (post, make);
        _timer = time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Step);
    }

    private void Look()
    {
        try
        {
            _post(Publish);
        }
        catch (InvalidOperationException)
        {
            // The scheduler has more to do than it can; the page can wait.
        }
    }

    private void Publish(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        var page = _make(now);
        var json = page.ToJson();
        if (json == _sent)
            return;
        _sent = json;
        calls.Add(new SchedulerCall.Publish(page.Kind, json));
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
