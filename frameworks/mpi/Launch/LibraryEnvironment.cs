using System.Net;
using Agora.Mpi.Scheduling;
using Agora.RemoteShell;

namespace Agora.Mpi.Launch;

/// <summary>
/// What makes the libraries' unchanged <c>mpiexec</c> start its processes on a gang's hosts, through the remote shell.
/// One block serves both. What the user has set stays as it is, but for what finds the hosts.
/// </summary>
internal static class LibraryEnvironment
{
    /// <param name="remoteShell">A program that is called as <c>rsh HOST COMMAND…</c>.</param>
    /// <returns>Variables to set, on top of this process's own.</returns>
    public static IReadOnlyDictionary<string, string> Build(
        JobDirectory directory, IReadOnlyList<GangHost> hosts, string remoteShell, bool hasAllowRoot)
    {
        var variables = new Dictionary<string, string>
        {
            [RemoteHosts.Variable] = directory.RemoteHosts,
            ["HYDRA_HOST_FILE"] = directory.Nodes,
            ["HYDRA_LAUNCHER"] = "rsh",
            ["HYDRA_LAUNCHER_EXEC"] = remoteShell,
            // No host is local to Hydra: each rank runs in its own agent's container.
            ["HYDRA_LAUNCHER_AUTOFORK"] = "0",
            ["HYDRA_CONFIG_FILE"] = directory.HydraOptions,
            ["OMPI_MCA_plm_rsh_agent"] = remoteShell,
            ["OMPI_MCA_orte_default_hostfile"] = directory.OpenMpiNodes,
            // Each daemon is started from here, and stays attached, so that its end is seen.
            ["OMPI_MCA_plm_rsh_no_tree_spawn"] = "1",
            ["OMPI_MCA_orte_leave_session_attached"] = "1",
        };
        void Prefer(string name, string value)
        {
            if (Environment.GetEnvironmentVariable(name) is null)
                variables[name] = value;
        }

        Prefer("OMPI_MCA_orte_keep_fqdn_hostnames", "1");
        // Which processors a task may use is the agents' affair; two jobs on a node must not both begin with its first.
        Prefer("OMPI_MCA_hwloc_base_binding_policy", "none");
        // MPICH 4.0's collectives give wrong results with different numbers of ranks on the hosts.
        Prefer("MPIR_CVAR_DEVICE_COLLECTIVES", "none");
        // UCX takes SIGSEGV for itself, which .NET needs for its null references.
        Prefer("UCX_ERROR_SIGNALS", "");
        if (hasAllowRoot)
        {
            // What root may do here has been decided when it was let into the cluster.
            Prefer("OMPI_ALLOW_RUN_AS_ROOT", "1");
            Prefer("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        }
        // Nodes that are one machine share its processors: a rank that waits must leave them to the others.
        if (hosts.GroupBy(h => h.Address).Any(g => g.Count() > 1))
            Prefer("OMPI_MCA_mpi_yield_when_idle", "1");
        if (hosts.All(h => IPAddress.TryParse(h.Address, out var address) && IPAddress.IsLoopback(address)))
        {
            Prefer("OMPI_MCA_oob_tcp_if_include", "lo");
            Prefer("OMPI_MCA_btl_tcp_if_include", "lo");
        }
        return variables;
    }
}
