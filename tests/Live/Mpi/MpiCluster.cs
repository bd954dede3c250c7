using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>Three agents of two processors, and the tests' own MPI programs, built with each library.</summary>
public sealed class MpiCluster : LiveCluster, IAsyncLifetime
{
    /// <summary>The ranks that the cluster has room for.</summary>
    public const int Slots = 6;

    private HashSet<int> _own = [];

    protected override string[] Options => ["--agents", "3", "--cpus", "2", "--mem", "2048"];

    public new async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _own = [.. Processes().Select(p => p.Pid)];
        string[] sources = [Path.Combine(AppContext.BaseDirectory, "Mpi", "actor.c"), Path.Combine(Programs.Bin, "..", "workloads", "mpi", "hello.c")];
        foreach (var (source, flavour) in sources.SelectMany(s => new[] { (s, "mpich"), (s, "openmpi") }))
        {
            var compiled = await Programs.Run(Home, $"mpicc.{flavour}", "-O1", "-o", Program(Path.GetFileNameWithoutExtension(source), flavour), source);
            Assert.True(compiled.ExitCode == 0, compiled.ToString());
        }
    }

    ValueTask IAsyncLifetime.InitializeAsync() => InitializeAsync();

    /// <summary>A program that the fixture has built.</summary>
    public string Program(string name, string flavour) => Path.Combine(Home, $"{name}.{flavour}");

    /// <summary>What runs for jobs, here and on the agents.</summary>
    internal IReadOnlyList<RunningProcess> JobProcesses() => [.. Processes().Where(p => !_own.Contains(p.Pid))];

    /// <summary>Runs <c>mpiexec</c> to its end, without input.</summary>
    internal async Task<Finished> Mpiexec(params IEnumerable<string> arguments)
    {
        using var run = new MpiRun(this, arguments);
        return await run.Ended();
    }

    /// <summary>A signal's number by its name without SIG.</summary>
    internal static int Signal(string name) => name switch
    {
        "INT" => 2,
        "ABRT" => 6,
        "FPE" => 8,
        "KILL" => 9,
        "USR1" => 10,
        "SEGV" => 11,
        "USR2" => 12,
        "TERM" => 15,
        _ => throw new ArgumentException(name, nameof(name)),
    };
}

/// <summary>Tests of MPI share a cluster, one at a time; each leaves it empty.</summary>
[CollectionDefinition(Name)]
public sealed class SharedMpiCluster : ICollectionFixture<MpiCluster>
{
    public const string Name = "shared MPI cluster";
}
