namespace Agora.Hadoop.Store;

/// <summary>Somebody may not do what he asked for. <see cref="Exception.Message"/> is Hadoop's sentence.</summary>
internal sealed class AccessControlException(string message) : Exception(message);

/// <summary>What one user may do, by the rules of HDFS: owners, groups and modes; a superuser may do everything. Pure.</summary>
internal sealed class PermissionCheck(string user, IReadOnlySet<string> groups, bool isSuperuser)
{
    public const int StickyBit = 0b001_000_000_000;

    public bool IsSuperuser => isSuperuser;

    public bool IsMember(string group) => groups.Contains(group);

    /// <summary>Checks the way to a path and what is asked for on it.</summary>
    /// <param name="trail">See <see cref="Namespace.Trail"/>.</param>
    /// <param name="ancestor">Of the last directory that is there, not counting the path itself.</param>
    /// <param name="parent">Of the directory the path is in; to write in it may need its or the path's owner.</param>
    /// <param name="itself">Of what is at the path.</param>
    /// <exception cref="AccessControlException">It is not allowed.</exception>
    public void Demand(IReadOnlyList<Inode?> trail, FsAction ancestor = FsAction.None, FsAction parent = FsAction.None,
        FsAction itself = FsAction.None)
    {
        if (isSuperuser)
            return;
        var last = trail.Count - 1;
        var lastAncestor = Math.Max(0, last - 1);
        while (lastAncestor > 0 && trail[lastAncestor] is null)
            lastAncestor--;
        for (var i = 0; i <= lastAncestor && i < last; i++)
            if (trail[i] is { IsDirectory: true } directory)
                Demand(directory, FsAction.Execute);
        if (last > 0)
        {
            if (parent.HasFlag(FsAction.Write) && trail[last - 1] is { } holder && trail[last] is { } held)
                DemandUnstuck(holder, held);
            Demand(trail[lastAncestor], ancestor);
            Demand(trail[last - 1], parent);
        }
        Demand(trail[last], itself);
    }

    /// <exception cref="AccessControlException">It is not allowed.</exception>
    public void Demand(Inode? inode, FsAction action)
    {
        if (isSuperuser || inode is null || action == FsAction.None)
            return;
        var bits = inode.Owner == user ? inode.Mode >> 6 : groups.Contains(inode.Group) ? inode.Mode >> 3 : inode.Mode;
        if (((FsAction)(bits & 7)).HasFlag(action))
            return;
        throw new AccessControlException($"Permission denied: user={user}, access={FsActions.NameOf(action)}, " +
            $"inode=\"{inode.Name}\":{inode.Owner}:{inode.Group}:{FsActions.Symbols(inode.Mode)}");
    }

    /// <exception cref="AccessControlException">It is not allowed.</exception>
    public void DemandOwner(Inode inode)
    {
        if (!isSuperuser && inode.Owner != user)
            throw new AccessControlException("Permission denied");
    }

    private void DemandUnstuck(Inode parent, Inode inode)
    {
        if ((parent.Mode & StickyBit) != 0 && parent.Owner != user && inode.Owner != user)
        {
            throw new AccessControlException($"Permission denied by sticky bit setting: user={user}, " +
                $"inode=\"{inode.Name}\":{inode.Owner}:{inode.Group}:{FsActions.Symbols(inode.Mode)}");
        }
    }
}
