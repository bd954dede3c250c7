namespace Agora.Torque.Server.Queue;

/// <summary>Who asks, as the kernel says.</summary>
/// <param name="Group">Name of the primary group.</param>
/// <param name="Home">Of the password file; null where it has none.</param>
/// <param name="Host">Where the command runs, as in <c>Job_Owner</c>.</param>
public sealed record Caller(int Uid, string User, string Group, string? Home, bool IsRoot, string Host)
{
    /// <summary>As logs and accounting have it.</summary>
    public string Name => $"{User}@{Host}";
}
