using System.Text;
using Agora.RemoteShell;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Native;
using Agora.Torque.Mom.Session;

namespace Agora.Torque.Mom.Launch;

/// <summary>Decides all that a job's session program is to do on the job's first node.</summary>
internal static class SessionPlanner
{
    /// <param name="ownUser">True where the job's owner is who runs the mom.</param>
    /// <param name="ownPort">Of the job's remote shell here.</param>
    /// <param name="exists">Whether a program of the site's is there.</param>
    public static SessionPlan Plan(
        JobLaunch job, MomNode node, UserAccount account, bool ownUser, string cookie, int ownPort, Func<string, bool> exists)
    {
        var directory = node.JobDirectoryOf(job);
        var script = Path.Combine(directory, job.JobId + ".SC");
        var environment = JobEnvironment.Build(job, node, account, cookie, ownPort);
        string[] path = [node.Shells, node.Bin];
        var asked = StartCommand.ShellOn(node.Name, job.Shell);
        var start = job.Interactive is not null
            ? StartCommand.OfInteractive(account.Shell, asked, path)
            : StartCommand.OfScript(account.Shell, asked, job.RootDirectory is null ? script : null, job.Script, job.ScriptArguments, path);
        var (output, error) = OutputPaths.Of(job, node, account.Home);
        // The count of nodes is for people.
        var limits = string.Join(',', job.ResourceList.Where(r => r.Key != "nodect").Select(r => $"{r.Key}={r.Value}"));
        var group = job.Group ?? account.Name;
        return new SessionPlan(job.JobId, ownUser ? -1 : account.UserId, ownUser ? [] : account.Groups, node.Name,
            start.Program, start.Arguments, [.. environment.Select(v => $"{v.Key}={v.Value}")], start.Input,
            job.InitialDirectory ?? account.Home, job.RootDirectory, Math.Max(0, job.Limits.Nice ?? 0), ProcessLimits.Of(job.Limits),
            [
                new PlannedFile(node.NodeFileOf(job), Encoding.UTF8.GetBytes(NodeFile(job.Hosts)), IsUsers: false),
                new PlannedFile(script, job.Script, IsUsers: true, IsProgram: true),
                new PlannedFile(JobEnvironment.RemoteHostsOf(job, node), HostsOf(job, node, ownPort).ToBytes(), IsUsers: true),
                new PlannedFile(JobEnvironment.HydraOptionsOf(job, node), Encoding.UTF8.GetBytes($"-localhost {node.Address}\n"), IsUsers: true),
                new PlannedFile(JobEnvironment.OpenMpiHostsOf(job, node), Encoding.UTF8.GetBytes(MpiEnvironment.OpenMpiHosts(job.Hosts)), IsUsers: true),
            ],
            directory, output, error, job.Interactive,
            Sites("prologue", [job.JobId, job.User, group, job.Name, limits, job.Queue, job.Account, script]),
            Sites("epilogue", [job.JobId, job.User, group, job.Name, limits, job.Queue, job.Account, script]), MomNode.SiteSeconds);

        IReadOnlyList<SitePlan> Sites(string name, IReadOnlyList<string> arguments)
        {
            if (node.ServerHome is null)
                return [];
            var common = Path.Combine(node.ServerHome, "mom_priv", name);
            return [.. new[] { new SitePlan(common, arguments, false), new SitePlan(common + ".user", arguments, true) }.Where(s => exists(s.Path))];
        }
    }

    /// <summary>A line for each slot, those of a node together.</summary>
    public static string NodeFile(IReadOnlyList<JobHost> hosts) =>
        string.Concat(hosts.SelectMany(h => Enumerable.Repeat(h.Name + "\n", h.Lines)));

    private static RemoteHosts HostsOf(JobLaunch job, MomNode node, int ownPort) =>
        new([.. job.Hosts.Select((h, i) => new RemoteHost(h.Name, h.Address, i == 0 ? ownPort : h.Port, job.Token))]);
}
