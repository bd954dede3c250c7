using Agora.Security;
using Agora.Security.Tls;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

/// <summary>How an agent shows its master who it is, and knows it.</summary>
public sealed record LinkSecurity(CredentialFile? Credential, TlsDirectory? Tls)
{
    public static readonly LinkSecurity None = new(null, null);

    /// <summary>For one call, which is to be made now.</summary>
    /// <exception cref="SecurityFileException">The credential cannot be used.</exception>
    internal Metadata Headers() =>
        Credential is null ? [] : new Metadata { { Bearer.Header, Bearer.Of(Credential.Token(Audiences.Master)) } };
}
