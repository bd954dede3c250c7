namespace Agora.Simulation;

/// <summary>How an agent or a scheduler finds the master to speak to: through the election's service, or by a list of all masters.</summary>
internal sealed class SimFinder(World world, string host)
{
    private int _last = -1;

    /// <summary>The leader as the master last spoken to named it.</summary>
    public SimMaster? Named { get; set; }

    /// <returns>Null if nobody leads, or who does is not to be learnt.</returns>
    public SimMaster? Find()
    {
        var named = Named;
        Named = null;
        if (world.Election is not { } election)
            return world.Masters[0];
        if (world.FindsByList)
            return named ?? world.Masters[(int)((uint)++_last % world.Masters.Count)];
        return world.Network.IsPartitioned(host, SimElection.Host) ? named : election.Leader ?? named;
    }
}
