namespace Agora.Mpi.Host;

/// <summary>What an agent's node sets for the processes of a job on it, whatever the job's own environment says.</summary>
internal static class HostEnvironment
{
    public static IReadOnlyDictionary<string, string> Build(string rankReports)
    {
        var scratch = Environment.GetEnvironmentVariable("TMPDIR") ?? Path.GetTempPath();
        return new Dictionary<string, string>
        {
            [RankReports.Variable] = rankReports,
            // That of the machine mpiexec runs on need not be here.
            ["TMPDIR"] = scratch,
            // Session directories go with the sandbox, and nodes on one machine do not meet in them.
            ["OMPI_MCA_orte_tmpdir_base"] = scratch,
            // In a /dev/shm of their own they do not meet in shared memory either; else the files have to be apart.
            ["OMPI_MCA_btl_vader_backing_directory"] = HostNamespaces.AreOwn ? "/dev/shm" : scratch,
        };
    }
}
