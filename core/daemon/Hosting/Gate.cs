using Agora.Security;
using Agora.Security.Tls;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

/// <summary>Who may in at a master, and what each may do there. Any thread.</summary>
internal sealed class Gate
{
    private readonly WatchedFile<CredentialList>? _list;
    private readonly WatchedFile<AccessList>? _rules;
    private readonly TokenCheck? _tokens;
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _logged;
    private int _unlogged;

    /// <exception cref="SecurityFileException">A file cannot be used.</exception>
    public Gate(SecuritySettings settings, TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);
        if (settings.Credentials is { } list)
        {
            _list = new WatchedFile<CredentialList>(list, CredentialList.Load, time, line => logger.LogWarning("{Line}", line));
            _tokens = new TokenCheck(name => _list.Current.CredentialsOf(name), Audiences.Master, time);
        }
        if (settings.AccessList is { } rules)
            _rules = new WatchedFile<AccessList>(rules, AccessList.Load, time, line => logger.LogWarning("{Line}", line));
    }

    /// <summary>Somebody has to show who he is.</summary>
    public bool IsShut => _list is not null;

    /// <summary>Who calls, if he is known and has one of the roles.</summary>
    /// <exception cref="RpcException">Unauthenticated, or PermissionDenied; its text says what to do.</exception>
    public Principal Admit(ServerCallContext context, PrincipalRoles roles)
    {
        if (!IsShut)
            return Principal.Anyone;
        var principal = Find(context, out var refused);
        if (principal is null)
            throw Refused(context, StatusCode.Unauthenticated, refused!);
        if ((principal.Roles & roles) == 0)
            throw Refused(context, StatusCode.PermissionDenied, $"principal '{principal.Name}' is not listed as {roles.ToString().ToLowerInvariant().Replace(", ", " or ", StringComparison.Ordinal)} with this master");
        return principal;
    }

    /// <summary>Why somebody may not do something; null if he may.</summary>
    /// <param name="what">As <see cref="AccessAction"/> says.</param>
    public string? WhyNot(Principal principal, AccessAction action, string what)
    {
        if (!IsShut)
            return null;
        if (_rules is null)
            return IsRoles(principal, action, what) ? null : $"principal '{principal.Name}' may not {action.Name()} '{what}': it is not listed as operator with this master";
        var verdict = _rules.Current.Judge(principal.Name, action, what);
        return verdict.Allowed ? null : $"principal '{principal.Name}' may not {action.Name()} '{what}': " +
            (verdict.By is null ? "no rule of the master's access list allows it" : $"line {verdict.Line} of the master's access list denies it");
    }

    /// <exception cref="RpcException">PermissionDenied.</exception>
    public void Check(ServerCallContext context, Principal principal, AccessAction action, string what)
    {
        if (WhyNot(principal, action, what) is { } wrong)
            throw Refused(context, StatusCode.PermissionDenied, wrong);
    }

    /// <summary>What the file server of an agent takes from who may read a framework's files there; empty where it asks for nothing.</summary>
    /// <param name="agent">The agent's principal.</param>
    public string FileToken(string agent, FrameworkId framework, string place, DateTimeOffset now) =>
        _list?.Current.CredentialsOf(agent) is [var first, ..] ? Security.FileToken.Create(first, framework.Value, place, now + Security.FileToken.Lifetime) : "";

    /// <summary>Without an access list the roles decide: operators may all, and everybody may see, schedule, and end what is his.</summary>
    private static bool IsRoles(Principal principal, AccessAction action, string what) => principal.Is(PrincipalRoles.Operator) || action switch
    {
        AccessAction.View or AccessAction.Register or AccessAction.RunAs => true,
        AccessAction.Kill or AccessAction.Teardown or AccessAction.ReadSandbox => what == principal.Name,
        AccessAction.Drain or AccessAction.SetRole => false,
    };

    /// <summary>Who shows a token.</summary>
    /// <param name="refused">Why there is nobody; null if there is.</param>
    public Principal? Find(string token, out string? refused) =>
        _tokens!.Find(token, out refused) is { } shown ? _list!.Current.Find(shown) : null;

    /// <summary>A principal who has shown before who it is; null if it is not listed any more.</summary>
    public Principal? Find(string name) => _list!.Current.Find(name);

    /// <summary>Who has that name and one of its secrets.</summary>
    public Principal? Find(string name, string secret)
    {
        var isTrue = false;
        foreach (var credential in _list!.Current.CredentialsOf(name))
            isTrue |= credential.Is(secret);
        return isTrue ? Find(name) : null;
    }

    private Principal? Find(ServerCallContext context, out string? refused)
    {
        if (Bearer.TokenIn(context.RequestHeaders.GetValue(Bearer.Header)) is { } token)
            return Find(token, out refused);
        if (context.GetHttpContext().Connection.ClientCertificate is { } certificate)
        {
            var name = TlsDirectory.PrincipalOf(certificate);
            var found = name is null ? null : _list!.Current.Find(name);
            refused = found is null ? $"the certificate is of '{name}', who is not listed with this master" : null;
            return found;
        }
        refused = $"this master wants to know who calls, and no token was shown: name a credential file with --credential or in {CredentialFile.Variable}";
        return null;
    }

    /// <summary>A line a second: who is refused must not fill the disk by trying again.</summary>
    private void Log(ServerCallContext context, string why)
    {
        var last = Interlocked.Read(ref _logged);
        if ((last == 0 || _time.GetElapsedTime(last) >= LogInterval) && Interlocked.CompareExchange(ref _logged, _time.GetTimestamp(), last) == last)
            _logger.LogWarning("refused {Method} from {Peer}: {Why} ({More} more were refused since the last such line)", context.Method, context.Peer, why, Interlocked.Exchange(ref _unlogged, 0));
        else
            Interlocked.Increment(ref _unlogged);
    }

    private RpcException Refused(ServerCallContext context, StatusCode code, string why)
    {
        Log(context, why);
        return new RpcException(new Status(code, why));
    }
}
