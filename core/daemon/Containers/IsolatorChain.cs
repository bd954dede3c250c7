namespace Agora.Daemon.Containers;

/// <summary>Several isolators as one. Usage comes from the first that knows: put the most exact one first.</summary>
public sealed class IsolatorChain(params IReadOnlyList<IIsolator> isolators) : IIsolator
{
    public IReadOnlyList<Birthplace> Prepare(ContainerSpec spec)
    {
        var places = new List<Birthplace>();
        foreach (var isolator in isolators)
            places.AddRange(isolator.Prepare(spec));
        return places;
    }

    public void Started(ContainerProcesses processes, Action<LimitReached> limitReached)
    {
        foreach (var isolator in isolators)
            isolator.Started(processes, limitReached);
    }

    public void Resize(ContainerId id, Resources resources)
    {
        foreach (var isolator in isolators)
            isolator.Resize(id, resources);
    }

    public ResourceUsage? Usage(ContainerId id)
    {
        foreach (var isolator in isolators)
            if (isolator.Usage(id) is { } usage)
                return usage;
        return null;
    }

    public void Sweep(IReadOnlySet<ContainerId> living)
    {
        foreach (var isolator in isolators)
            isolator.Sweep(living);
    }

    /// <summary>All are cleaned up, even if one fails; its exception comes last.</summary>
    public void Cleanup(ContainerId id)
    {
        List<Exception>? failures = null;
        foreach (var isolator in isolators.Reverse())
        {
            try
            {
                isolator.Cleanup(id);
            }
            catch (Exception e)
            {
                (failures ??= []).Add(e);
            }
        }
        if (failures is not null)
            throw new AggregateException(failures);
    }
}
