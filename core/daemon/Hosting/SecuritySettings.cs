namespace Agora.Daemon.Hosting;

/// <summary>How a daemon knows others, and shows itself; with nothing set, everybody who reaches its ports is obeyed.</summary>
/// <param name="Credentials">At a master: the list of principals. At an agent: its own credential.</param>
/// <param name="AccessList">Of a master: who may do what; null leaves it to the principals' roles.</param>
/// <param name="TlsDirectory">Certificate, key and authority; null for no TLS.</param>
/// <param name="WantsCertificates">At a master: who connects must show a certificate of the authority.</param>
public sealed record SecuritySettings(
    string? Credentials = null, string? AccessList = null, string? TlsDirectory = null, bool WantsCertificates = false)
{
    public static readonly SecuritySettings None = new();
}
