using Agora.Election;

namespace Agora.Tests.Live.Cluster;

/// <summary>Starts as many tasks of one size as it is offered room for.</summary>
internal sealed class Filler : IAsyncDisposable
{
    private int _count;

    public Filler(Uri master, string name, Resources size, string line, string role = FrameworkInfo.DefaultRole)
    {
        Framework = new LiveFramework(new MasterLocation.Hosts([master]), new FrameworkInfo(null, name, Role: role),
            [new Hint([], size, 1000, DateTimeOffset.MaxValue)], offered: (offers, calls) =>
            {
                foreach (var offer in offers)
                {
                    var tasks = new List<TaskSpec>();
                    for (var left = offer.Resources; left.Contains(size); left -= size)
                        tasks.Add(LiveFramework.Task($"{name}-{++_count}", offer.AgentId, size, line));
                    calls.Add(new SchedulerCall.Accept([offer.Id], tasks, TimeSpan.Zero));
                }
            });
    }

    public LiveFramework Framework { get; }

    public ValueTask DisposeAsync() => Framework.DisposeAsync();
}
