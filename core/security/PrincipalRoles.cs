namespace Agora.Security;

/// <summary>What a principal may connect as; flags may be joined.</summary>
[Flags]
public enum PrincipalRoles
{
    None = 0,

    /// <summary>Gives a machine to the cluster and runs what it is told to.</summary>
    Agent = 1,

    /// <summary>Schedules: takes offers and launches tasks.</summary>
    Framework = 2,

    /// <summary>Gives orders about the cluster and everybody's tasks.</summary>
    Operator = 4,
}
