using Agora.Mpi.Launch;
using Agora.Mpi.Scheduling;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public sealed class JobDirectoryTests
{
    private static readonly IReadOnlyList<GangHost> Hosts = [new GangHost("node1", "127.0.0.1", 1, 2)];

    [Fact]
    public void What_a_killed_mpiexec_left_goes_with_the_next_job_and_what_others_use_stays()
    {
        // As it is once the lock has gone with its process.
        var left = Directory.CreateTempSubdirectory("agora-mpi-").FullName;
        File.WriteAllText(Path.Combine(left, "owner"), "");
        File.WriteAllText(Path.Combine(left, "hosts.json"), "a token");
        var unowned = Directory.CreateTempSubdirectory("agora-mpi-").FullName;
        Directory.SetLastWriteTimeUtc(unowned, DateTime.UtcNow - TimeSpan.FromHours(1));
        var beginning = Directory.CreateTempSubdirectory("agora-mpi-").FullName;
        try
        {
            using var lives = new JobDirectory(Hosts, "token");
            using var next = new JobDirectory(Hosts, "token");
            Assert.False(Directory.Exists(left));
            Assert.False(Directory.Exists(unowned));
            Assert.True(File.Exists(lives.RemoteHosts));
            Assert.True(Directory.Exists(beginning));
        }
        finally
        {
            Directory.Delete(beginning);
        }
    }

    [Fact]
    public void A_job_that_ends_by_itself_leaves_nothing()
    {
        string hosts;
        using (var job = new JobDirectory(Hosts, "token"))
            hosts = job.RemoteHosts;
        Assert.False(Directory.Exists(Path.GetDirectoryName(hosts)));
    }
}
