using Agora.Workloads.Simulated.Scale;

namespace Agora.Workloads.Live.Dashboard;

/// <summary>The first tasks of each agent outlast the measurement, the others end as others' lengths say.</summary>
internal sealed class MixedLengths(int longTasks, TaskLengths others)
{
    private readonly Lock _door = new();
    private readonly Dictionary<AgentId, int> _given = [];

    /// <summary>For the tasks of one offer on that agent. Any thread.</summary>
    public Func<TimeSpan> On(AgentId agent)
    {
        var other = others.On(agent);
        return () =>
        {
            lock (_door)
            {
                var given = _given.GetValueOrDefault(agent);
                _given[agent] = given + 1;
                return given < longTasks ? TimeSpan.FromDays(1) : other();
            }
        };
    }
}
