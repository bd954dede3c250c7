using Agora.Simulation;

namespace Agora.Workloads.Simulated.Scale;

/// <summary>
/// How long the tasks of a cluster take that is always full. The first on an agent take what is left of ones met running,
/// so that tasks end evenly from the beginning.
/// </summary>
internal sealed class TaskLengths(Dice dice)
{
    private readonly Lock _door = new();
    private readonly HashSet<AgentId> _met = [];

    /// <summary>For the tasks of one offer on that agent. Any thread.</summary>
    public Func<TimeSpan> On(AgentId agent)
    {
        lock (_door)
        {
            var isNew = _met.Add(agent);
            return () =>
            {
                lock (_door)
                    return isNew ? DrawResidual() : Draw();
            };
        }
    }

    private TimeSpan Draw() => dice.Normal(ScaleOptions.Mean, ScaleOptions.Deviation, ScaleOptions.Least);

    /// <summary>Who looks at a moment meets a task the more likely the longer it is, and anywhere in its life.</summary>
    private TimeSpan DrawResidual()
    {
        var length = Draw();
        while (!dice.Chance(length / (ScaleOptions.Mean * 3)))
            length = Draw();
        return length * dice.Unit();
    }
}
