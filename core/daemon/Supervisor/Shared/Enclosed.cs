namespace Agora.Supervisor.Shared;

/// <summary>Namespaces of processes and of mounts that are a container's own.</summary>
/// <param name="Temporary">Takes the place of <see cref="Hidden"/>.</param>
/// <param name="Visible">Directories that stay to be seen, though they are below one of those.</param>
internal sealed record Enclosed(string Temporary, IReadOnlyList<string> Visible)
{
    /// <summary>Where all programs of a machine leave what is no other's business.</summary>
    public static readonly IReadOnlyList<string> Hidden = ["/tmp", "/var/tmp"];
}
