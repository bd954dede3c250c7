using System.Net;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Mom.Launch;

/// <summary>
/// What makes the MPI libraries' unchanged <c>mpiexec</c> reach all of a job's nodes, one rank a line of the node file:
/// MPICH and its kin (Hydra), Open MPI 4 (OMPI) and 5 (PRTE). What the user has set stays as it is, but for what finds
/// the hosts.
/// </summary>
internal static class MpiEnvironment
{
    public static void Add(Dictionary<string, string> variables, IReadOnlyList<JobHost> hosts, MomNode node, string hydraOptions,
        string openMpiHosts)
    {
        var shell = node.RemoteShell;
        variables["HYDRA_RMK"] = "pbs";
        // Hydra's ssh would be called with flags, and no oftener than its limit allows.
        variables["HYDRA_LAUNCHER"] = "rsh";
        variables["HYDRA_LAUNCHER_EXEC"] = shell;
        // A node is known by its name alone: its machine may have another.
        variables["HYDRA_LAUNCHER_AUTOFORK"] = "0";
        variables["HYDRA_CONFIG_FILE"] = hydraOptions;
        variables["I_MPI_HYDRA_RMK"] = "pbs";
        variables["I_MPI_HYDRA_BOOTSTRAP"] = "rsh";
        variables["I_MPI_HYDRA_BOOTSTRAP_EXEC"] = shell;
        variables["OMPI_MCA_plm_rsh_agent"] = shell;
        variables["OMPI_MCA_orte_default_hostfile"] = openMpiHosts;
        // Each daemon is started from the first node, and stays attached, so that its end is seen.
        variables["OMPI_MCA_plm_rsh_no_tree_spawn"] = "1";
        variables["OMPI_MCA_orte_leave_session_attached"] = "1";
        variables["PRTE_MCA_plm_ssh_agent"] = shell;
        variables["PRTE_MCA_plm_ssh_no_tree_spawn"] = "1";
        variables["PRTE_MCA_prte_default_hostfile"] = openMpiHosts;
        variables.TryAdd("OMPI_MCA_orte_keep_fqdn_hostnames", "1");
        variables.TryAdd("PRTE_MCA_prte_keep_fqdn_hostnames", "1");
        // Which processors a job may use is the agents' affair; two jobs on a node must not both begin with its first.
        variables.TryAdd("OMPI_MCA_hwloc_base_binding_policy", "none");
        variables.TryAdd("PRTE_MCA_hwloc_default_binding_policy", "none");
        // MPICH 4.0's collectives give wrong results with different numbers of ranks on the hosts.
        variables.TryAdd("MPIR_CVAR_DEVICE_COLLECTIVES", "none");
        // UCX takes SIGSEGV for itself, which .NET needs for its null references.
        variables.TryAdd("UCX_ERROR_SIGNALS", "");
        if (variables["USER"] == "root")
        {
            // That root may run jobs here has been decided when its job was taken.
            variables.TryAdd("OMPI_ALLOW_RUN_AS_ROOT", "1");
            variables.TryAdd("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
        }
        // Nodes that are one machine share its processors: a rank that waits must leave them to the others.
        if (hosts.GroupBy(h => h.Address).Any(g => g.Count() > 1))
        {
            variables.TryAdd("OMPI_MCA_mpi_yield_when_idle", "1");
            // Ranks with the same host name would look for each other in shared memory by names that only look alike.
            if (!node.IsHostOfItsOwn)
                variables.TryAdd("OMPI_MCA_btl", "self,tcp");
        }
        if (hosts.All(h => IPAddress.TryParse(h.Address, out var address) && IPAddress.IsLoopback(address)))
        {
            variables.TryAdd("OMPI_MCA_oob_tcp_if_include", "lo");
            variables.TryAdd("OMPI_MCA_btl_tcp_if_include", "lo");
        }
    }

    /// <summary>
    /// The nodes as Open MPI wants them. In the node file itself a node with one line would be taken to have as many slots
    /// as it has cores.
    /// </summary>
    public static string OpenMpiHosts(IReadOnlyList<JobHost> hosts) => string.Concat(hosts.Where(h => h.Lines > 0).Select(h => $"{h.Name} slots={h.Lines}\n"));

    /// <summary>What each node sets for what it runs. It is not in the job's environment, which goes to all nodes.</summary>
    public static IReadOnlyDictionary<string, string> OfNode(MomNode node, int number)
    {
        var variables = new Dictionary<string, string> { ["HOSTNAME"] = node.Name, ["PBS_NODENUM"] = $"{number}" };
        // Open MPI's daemons on nodes of one host name would make, and remove, the same files.
        if (!node.IsHostOfItsOwn)
            variables["OMPI_MCA_orte_tmpdir_base"] = variables["PRTE_MCA_prte_tmpdir_base"] = node.Scratch;
        return variables;
    }
}
