using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>Operations on quotas and delegation tokens.</summary>
internal sealed partial class WebHdfsServer
{
    private Task SetQuotaAsync(HttpContext context, WebHdfsRequest request)
    {
        // Hadoop's numbers for "none" and "leave it".
        const long none = Namespace.NoQuota, keep = long.MaxValue;
        if (!CheckFor(request).IsSuperuser)
            throw new AccessControlException($"Access denied for user {request.User}. Superuser privilege is required");
        var names = request.Long("namespacequota", keep, none);
        var bytes = request.Long("storagespacequota", keep, none);
        if (names == 0 || bytes == 0)
            throw WebHdfsException.BadArgument($"Illegal value for nsQuota or dsQuota : {names} and {bytes}");
        var inode = Existing(request, "Directory does not exist: {0}");
        if (!inode.IsDirectory)
            throw WebHdfsException.NotFound($"Directory does not exist: {request.Path}");
        store.Names.SetQuota(inode, names == keep ? null : names, bytes == keep ? null : bytes);
        return AnswerEmptyAsync(context);
    }

    private Task IssueTokenAsync(HttpContext context, WebHdfsRequest request)
    {
        if (request["delegation"] is { Length: > 0 })
            throw WebHdfsException.Io("Delegation Token can be issued only with kerberos or web authentication");
        var renewer = request["renewer"] is { Length: > 0 } r ? r : request.User;
        return AnswerAsync(context, new TokenAnswer(new WireToken(_tokens.Issue(request.User, renewer))), Json.TokenAnswer);
    }

    private Task RenewTokenAsync(HttpContext context, WebHdfsRequest request) => AnswerAsync(
        context, new LongAnswer(_tokens.Renew(request.Required("token"), request.User)), Json.LongAnswer);

    private Task CancelTokenAsync(HttpContext context, WebHdfsRequest request)
    {
        _tokens.Cancel(request.Required("token"), request.User);
        return AnswerEmptyAsync(context);
    }
}
