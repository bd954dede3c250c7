using System.Diagnostics;

namespace Agora.Workloads.Live.Dashboard;

/// <summary>Asks a master what the dashboard's pages ask.</summary>
internal sealed class PageReader(Uri master) : IDisposable
{
    private const string SortedTasks = "/api/v1/tasks?sort=-changed&limit=100";
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>The state, and the tasks that changed last.</summary>
    public static readonly string[] State = ["/api/v1/state", SortedTasks];

    /// <summary>What each page asks for when it is opened.</summary>
    public static readonly IReadOnlyList<(string Page, string[] Paths)> Pages =
    [
        ("cluster", ["/", "/api/v1/state", "/api/v1/shares?window=10m&resource=cpus", "/api/v1/cells", "/api/v1/pages"]),
        ("agents", ["/agents", "/api/v1/state", "/api/v1/agents?sort=hostname&limit=100"]),
        ("frameworks", ["/frameworks", "/api/v1/state", "/api/v1/frameworks?sort=-share&limit=100"]),
        ("why", ["/frameworks/framework1", "/api/v1/state", "/api/v1/frameworks/framework1/why?limit=100"]),
        ("tasks", ["/tasks", "/api/v1/state", "/api/v1/tasks?limit=100"]),
        ("tasks-sorted", ["/tasks", "/api/v1/state", SortedTasks]),
        ("tasks-searched", ["/tasks", "/api/v1/state", "/api/v1/tasks?q=node77&limit=100"]),
        ("offers", ["/offers", "/api/v1/state", "/api/v1/offers?limit=100", "/api/v1/declines?limit=100"]),
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = master };

    /// <returns>Seconds of each load.</returns>
    public async Task<IReadOnlyList<double>> LoadAsync(string[] paths, int times, CancellationToken cancellation)
    {
        List<double> seconds = [];
        for (var i = 0; i < times; i++)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(paths.Select(path => _http.GetByteArrayAsync(path, cancellation)));
            seconds.Add(clock.Elapsed.TotalSeconds);
        }
        return seconds;
    }

    /// <summary>Clients that all ask for the same, again as soon as they are answered.</summary>
    /// <returns>Seconds of each answer.</returns>
    public async Task<IReadOnlyList<double>> PollAsync(int clients, string[] paths, TimeSpan time, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var seconds = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            List<double> own = [];
            while (clock.Elapsed < time)
                own.AddRange(await LoadAsync(paths, 1, cancellation));
            return own;
        }));
        return [.. seconds.SelectMany(s => s)];
    }

    /// <summary>Looks on as an open page does, until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        try
        {
            await using var events = await _http.GetStreamAsync("/api/v1/events", cancellation);
            var following = events.CopyToAsync(Stream.Null, cancellation);
            using var timer = new PeriodicTimer(Step);
            while (await timer.WaitForNextTickAsync(cancellation))
                await Task.WhenAll(_http.GetByteArrayAsync(SortedTasks, cancellation), _http.GetByteArrayAsync("/api/v1/cells", cancellation));
            await following;
        }
        catch (OperationCanceledException)
        {
            // Enough was seen.
        }
    }

    public void Dispose() => _http.Dispose();
}
