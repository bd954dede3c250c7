using Agora.Storage;
using Microsoft.AspNetCore.Http;

namespace Agora.Hadoop.Store;

/// <summary>Operations that change the namespace.</summary>
internal sealed partial class WebHdfsServer
{
    private Task MakeDirectoriesAsync(HttpContext context, WebHdfsRequest request)
    {
        var permission = request.Permission("755");
        var trail = store.Names.Trail(request.Path);
        var isThere = trail[^1] is { IsDirectory: true };
        CheckFor(request).Demand(trail, ancestor: isThere ? FsAction.None : FsAction.Write);
        if (!isThere)
            store.Names.MakeDirectories(request.Path, permission, request.User);
        return AnswerAsync(context, new BooleanAnswer(true), Json.BooleanAnswer);
    }

    private Task RenameAsync(HttpContext context, WebHdfsRequest request)
    {
        if (request["destination"] is not { Length: > 0 } destination)
            throw WebHdfsException.BadArgument("Can not create a Path from a null string");
        if (!destination.StartsWith('/'))
            throw WebHdfsException.BadParameter("destination",
                $"Invalid parameter value: destination = \"{destination}\" is not an absolute path.");
        destination = StoragePath.Resolve(StoragePath.Root, destination);
        var target = store.Names.Trail(destination);
        var check = CheckFor(request);
        check.Demand(store.Names.Trail(request.Path), parent: FsAction.Write);
        if (request["renameoptions"] is { Length: > 0 } how)
        {
            check.Demand(target, parent: FsAction.Write);
            store.RenameExactly(request.Path, destination, how.ToUpperInvariant() switch
            {
                "OVERWRITE" => true,
                "NONE" => false,
                _ => throw WebHdfsException.BadParameter("renameoptions",
                    $"No enum constant org.apache.hadoop.fs.Options.Rename.{how}"),
            });
            return AnswerEmptyAsync(context);
        }
        check.Demand(target[^1] is { IsDirectory: true } ? [.. target, null] : target, ancestor: FsAction.Write);
        return AnswerAsync(context, new BooleanAnswer(store.Names.Rename(request.Path, destination)), Json.BooleanAnswer);
    }

    private Task DeleteAsync(HttpContext context, WebHdfsRequest request)
    {
        var trail = store.Names.Trail(request.Path);
        var check = CheckFor(request);
        check.Demand(trail, parent: FsAction.Write);
        if (!check.IsSuperuser && trail[^1] is { IsDirectory: true } inode)
            foreach (var directory in store.Names.Directories(inode))
                check.Demand(directory, FsAction.All);
        return AnswerAsync(context,
            new BooleanAnswer(store.Delete(request.Path, request.Flag("recursive"))), Json.BooleanAnswer);
    }

    private Task SetReplicationAsync(HttpContext context, WebHdfsRequest request)
    {
        var replication = request.Long("replication", options.Replication, 1);
        if (replication > StoreOptions.ReplicationMax)
        {
            throw WebHdfsException.Io($"file {request.Path}.\nRequested replication {replication} exceeds maximum " +
                $"{StoreOptions.ReplicationMax}");
        }
        var inode = Existing(request, MissingStatus, FsAction.Write);
        if (!inode.IsDirectory)
            store.SetReplication(inode, (int)replication);
        return AnswerAsync(context, new BooleanAnswer(!inode.IsDirectory), Json.BooleanAnswer);
    }

    private Task SetPermissionAsync(HttpContext context, WebHdfsRequest request)
    {
        var permission = request.Permission("755");
        var inode = Existing(request, MissingStatus);
        CheckFor(request).DemandOwner(inode);
        store.Names.SetAttributes(inode, permission: permission);
        return AnswerEmptyAsync(context);
    }

    private Task SetOwnerAsync(HttpContext context, WebHdfsRequest request)
    {
        var owner = request["owner"] is { Length: > 0 } o ? o : null;
        var group = request["group"] is { Length: > 0 } g ? g : null;
        if (owner is null && group is null)
            throw WebHdfsException.BadArgument("Both owner and group are empty.");
        var inode = Existing(request, MissingStatus);
        var check = CheckFor(request);
        check.DemandOwner(inode);
        if (!check.IsSuperuser && owner is not null && owner != request.User)
            throw new AccessControlException("Non-super user cannot change owner.");
        if (!check.IsSuperuser && group is not null && !check.IsMember(group))
            throw new AccessControlException($"User does not belong to {group} .");
        store.Names.SetAttributes(inode, owner: owner, group: group);
        return AnswerEmptyAsync(context);
    }

    private Task SetTimesAsync(HttpContext context, WebHdfsRequest request)
    {
        long? Time(string name) => request.Long(name, absent: -1, min: -1) is var ms and >= 0 ? ms : null;
        var (modified, accessed) = (Time("modificationtime"), Time("accesstime"));
        store.Names.SetAttributes(
            Existing(request, MissingStatus, FsAction.Write), modifiedMs: modified, accessedMs: accessed);
        return AnswerEmptyAsync(context);
    }
}
