namespace Agora.Cluster.Allocation;

/// <summary>
/// An allocation module (the paper's §3.3): the policy that says who is offered free resources first. Which agents
/// come into question (filters, refusals, hints) and the accounts are <see cref="Allocator"/>'s, the same for all.
/// <para>A public type with a parameterless constructor from any assembly can be named with
/// <c>agora master --allocator Type,Assembly.dll</c>. Implementations keep no state and break no ties: equal standings
/// go by name.</para>
/// </summary>
public interface IAllocator
{
    /// <summary>Short name for people, such as <c>drf</c>.</summary>
    string Name { get; }

    /// <summary>Negative if role <paramref name="a"/> goes before role <paramref name="b"/>.</summary>
    int CompareRoles(Standing a, Standing b);

    /// <summary>Negative if framework <paramref name="a"/> goes before <paramref name="b"/> of the same role.</summary>
    int CompareFrameworks(Standing a, Standing b);

    /// <summary>
    /// True to hand an agent out task by task while several frameworks want it, to frameworks that say how large
    /// their tasks are; false to offer all that is free there to the first.
    /// </summary>
    bool InUnits { get; }
}
