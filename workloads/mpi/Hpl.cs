using System.Globalization;
using System.Text.RegularExpressions;

namespace Agora.Workloads.Mpi;

/// <summary>LINPACK as Debian has it in <c>hpcc</c>, two ranks, checked by its residuals.</summary>
internal sealed partial class Hpl(BenchCluster cluster)
{
    private readonly string _programs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "workloads", "mpi"));

    /// <summary>Installs it if it is missing, and sets the problem.</summary>
    public void Prepare(int order)
    {
        cluster.Shell(Path.Combine(_programs, "install"));
        cluster.Shell($"sed -E 's/^[0-9]+( +Ns)$/{order}\\1/; s/^[0-9]+( +NBs)$/64\\1/; s/^[0-9]+( +[PQ]s)$/1\\1/' " +
            "/usr/share/doc/hpcc/examples/_hpccinf.txt | sed -E 's/^1( +Qs)$/2\\1/' > hpccinf.txt");
    }

    /// <summary>Open MPI's own <c>mpiexec</c> with the settings that ours gives it, its hosts made by a shell script.</summary>
    public string Plain(int hosts, int slots) =>
        $"env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm_rsh_agent={_programs}/plainsh " +
        "OMPI_MCA_plm_rsh_no_tree_spawn=1 OMPI_MCA_orte_leave_session_attached=1 OMPI_MCA_hwloc_base_binding_policy=none " +
        $"{(hosts > 1 ? "OMPI_MCA_mpi_yield_when_idle=1 " : "")}OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_btl_tcp_if_include=lo " +
        $"mpiexec.openmpi -host {string.Join(',', Enumerable.Range(1, hosts).Select(i => $"node{i}:{slots}"))}";

    /// <summary>Runs it and gives the wall time of the command.</summary>
    public double Seconds(string launcher) => Run(launcher).Seconds;

    /// <summary>Runs it and gives the rate that it reports, in GFLOP/s.</summary>
    public double Gigaflops(string launcher)
    {
        const double giga = 1000;
        return double.Parse(Teraflops().Match(Run(launcher).Output).Groups[1].Value, CultureInfo.InvariantCulture) * giga;
    }

    private (double Seconds, string Output) Run(string launcher)
    {
        cluster.Shell("rm -f hpccoutf.txt");
        var seconds = cluster.Time($"{launcher} hpcc");
        var output = cluster.Shell("cat hpccoutf.txt");
        return output.Contains("Success=1", StringComparison.Ordinal) ? (seconds, output)
            : throw new WrongOutputException("HPL's residuals are too large");
    }

    [GeneratedRegex(@"HPL_Tflops=([\d.e+-]+)")]
    private static partial Regex Teraflops();
}
