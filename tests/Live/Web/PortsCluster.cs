using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Web;

/// <summary>Four agents of two processors with the frameworks' services, an MPI program, and a browser.</summary>
public sealed class PortsCluster : BrowsedCluster
{
    protected override string[] Options => ["--agents", "4", "--cpus", "2", "--mem", "3072"];

    protected override bool HasServices => true;

    /// <summary>Its ranks say where they are.</summary>
    internal string Actor => Path.Combine(Home, "actor");

    protected override async Task BeginAsync()
    {
        var compiled = await Programs.Run(Home, "mpicc.mpich", "-O1", "-o", Actor, Path.Combine(AppContext.BaseDirectory, "Mpi", "actor.c"));
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
    }

    /// <summary>Runs a line of shell in the state directory, with the commands of <c>bin/</c> first in PATH.</summary>
    internal Task<Finished> Shell(string line) =>
        Programs.Run(Home, "/bin/sh", "-c", $"cd '{Home}' && PATH='{Programs.Bin}':$PATH && {line}");

    /// <summary>Runs a line that must succeed, and gives its standard output without the last line's end.</summary>
    internal async Task<string> Output(string line)
    {
        var finished = await Shell(line);
        Assert.True(finished.ExitCode == 0, $"'{line}': {finished}");
        return finished.Text.TrimEnd('\n');
    }
}
