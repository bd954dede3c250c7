using System.Text;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom;
using Agora.Torque.Mom.Launch;

namespace Agora.Tests.Live.Torque;

/// <summary>A mom with the real processes above its jobs, and its server.</summary>
internal sealed class MomHarness : PlayedServer
{
    public const string ServerName = "pbs";

    private readonly MomDesk _desk;

    public MomHarness(TestUser user, string node = "node1", string? serverHome = null)
    {
        User = user;
        Node = new MomNode(node, "127.0.0.1", Path.Combine(user.Directory, $"spool-{Guid.NewGuid().ToString("N")[..6]}"), Programs.Bin, serverHome,
            IsHostOfItsOwn: false);
        _desk = new MomDesk(Node, new MomWelcome(node, "127.0.0.1", "127.0.0.1", Port, "shown", ServerName, serverHome),
            Path.Combine(Programs.Bin, "agora-torque-mom"), TimeProvider.System, _ => { });
        _desk.Start();
    }

    public TestUser User { get; }

    public MomNode Node { get; }

    public JobLaunch Job(string script, string id = "17", int run = 1) => NewJob(User, Node.Name, script, id, run);

    /// <summary>A one-node job whose output goes into a directory of its own.</summary>
    public static JobLaunch NewJob(TestUser user, string node, string script, string id = "17", int run = 1)
    {
        var directory = user.NewDirectory();
        return new JobLaunch($"{id}.{ServerName}", run, "job", user.Name, null, "batch", ServerName, "", Encoding.UTF8.GetBytes(script),
            null, null, null, null, new Dictionary<string, string> { ["PBS_O_WORKDIR"] = directory }, $"host:{directory}/out", $"host:{directory}/err",
            "n", "n", null, [], new JobLimits(), [new JobHost(node, "127.0.0.1", 0, "0", 1)], "token", 1, 1, 1, null, null, null, null, 2);
    }

    public static string Output(JobLaunch job) => File.ReadAllText(job.OutputPath["host:".Length..]);

    public static string Error(JobLaunch job) => File.ReadAllText(job.ErrorPath["host:".Length..]);

    public override async ValueTask DisposeAsync()
    {
        await _desk.EndAsync(TimeSpan.Zero).WaitAsync(Programs.Patience);
        await _desk.DisposeAsync();
        await base.DisposeAsync();
    }
}
