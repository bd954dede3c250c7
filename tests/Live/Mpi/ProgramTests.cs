using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>Real programs, each with its result checked by <c>workloads/mpi/run</c>.</summary>
[Collection(SharedMpiCluster.Name)]
public sealed class ProgramTests(MpiCluster cluster)
{
    [Theory]
    [InlineData("hello", "mpich")]
    [InlineData("hello", "openmpi")]
    [InlineData("ring", "mpich")]
    [InlineData("ring", "openmpi")]
    [InlineData("allreduce", "mpich")]
    [InlineData("allreduce", "openmpi")]
    [InlineData("spawn", "mpich")]
    [InlineData("spawn", "openmpi")]
    [InlineData("tachyon", "mpich")]
    [InlineData("tachyon", "openmpi")]
    [InlineData("netpipe", "mpich")]
    [InlineData("netpipe", "openmpi")]
    [InlineData("scalapack", "mpich")]
    [InlineData("scalapack", "openmpi")]
    [InlineData("csharp", "mpich")]
    [InlineData("csharp", "openmpi")]
    [InlineData("mpi4py", "openmpi")]
    [InlineData("hpl", "openmpi")]
    public async Task A_real_program_computes_what_it_should(string name, string flavour)
    {
        var run = await Programs.Run(cluster.Home, Path.Combine(Programs.Bin, "..", "workloads", "mpi", "run"), name, flavour);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal($"ok {name} {flavour}", run.Text.TrimEnd().Split('\n')[^1]);
    }
}
