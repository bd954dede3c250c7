using System.Text;
using Agora.RemoteShell;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Launch;
using Agora.Torque.Mom.Native;
using Agora.Torque.Mom.Session;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class MomLaunchTests
{
    private static readonly MomNode Node = new("n1", "10.0.0.1", "/spool", "/agora/bin", "/home/pbs", "/state");
    private static readonly UserAccount Account = new("alice", 1001, [1001, 27], "/home/alice", "/bin/bash");

    private static readonly JobLaunch Job = new("17.pbs", 1, "job", "alice", null, "batch", "pbs", "acct", "echo hello\n"u8.ToArray(),
        null, null, null, null, new Dictionary<string, string> { ["PBS_O_WORKDIR"] = "/work", ["HOME"] = "/elsewhere", ["FOO"] = "foo" },
        "sub:/data/job.o17", "sub:/data/job.e17", "n", "n", null, [new("walltime", "00:05:00"), new("nodes", "2:ppn=2")], new JobLimits(),
        [new("n1", "10.0.0.1", 0, "0-1", 2), new("n2", "10.0.0.2", 777, "0-1", 2)], "token", 2, 2, 4, null, null, null, null, 2);

    private static SessionPlan Plan(JobLaunch job, bool ownUser = false, params string[] there) =>
        SessionPlanner.Plan(job, Node, Account, ownUser, "COOKIE", 555, path => there.Contains(path));

    private static string? Value(SessionPlan plan, string name) =>
        plan.Environment.FirstOrDefault(v => v.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    [Theory]
    [InlineData("/out.$PBS_JOBID", "/out.17.pbs")]
    [InlineData("/out.${PBS_JOBID}x$HOME", "/out.17.pbsx/home/alice")]
    [InlineData("$UNKNOWN/${UNKNOWN}/${PBS_JOBID", "$UNKNOWN/${UNKNOWN}/${PBS_JOBID")]
    [InlineData("a$", "a$")]
    [InlineData("$$PBS_JOBID", "$17.pbs")]
    [InlineData("${}", "${}")]
    public void Names_in_a_path_get_their_values_and_others_stay(string path, string expanded) =>
        Assert.Equal(expanded, OutputPaths.Expand(path, new Dictionary<string, string> { ["PBS_JOBID"] = "17.pbs", ["HOME"] = "/home/alice" }));

    [Theory]
    [InlineData("17.pbs", "job", null, "job.o17")]
    [InlineData("17[3].pbs", "job", 3, "job.o17-3")]
    [InlineData("17[3].pbs", "job-3", 3, "job.o17-3")]
    public void Files_have_the_usual_names(string id, string name, int? index, string file) =>
        Assert.Equal(file, OutputPaths.FileName(Job with { JobId = id, Name = name, ArrayIndex = index }, 'o'));

    [Fact]
    public void Output_is_spooled_and_what_is_kept_is_written_where_it_stays()
    {
        var plan = Plan(Job with { KeepFiles = "e", Umask = 0x12 });
        Assert.Equal(new OutputPlan("/spool/spool/17.pbs.OU", true, "sub", "/data/job.o17", "job.o17", 0x1A4), plan.Output);
        Assert.Equal(new OutputPlan("/home/alice/job.e17", false, "n1", "/home/alice/job.e17", "job.e17", 0x1A4), plan.Error);
    }

    [Fact]
    public void A_path_without_a_host_or_a_root_is_of_this_node_and_the_home_directory()
    {
        var plan = Plan(Job with { OutputPath = "out/x:y", JoinPath = "oe" });
        Assert.Equal(("n1", "/home/alice/out/x:y"), (plan.Output.Host, plan.Output.Target));
        Assert.Null(plan.Error);
    }

    [Fact]
    public void A_script_is_a_command_of_a_login_shell()
    {
        var plan = Plan(Job with { ScriptArguments = "one 'two three'" });
        Assert.Equal("/bin/bash", plan.Program);
        Assert.Equal(["-bash", "-c", "PATH='/spool/bin:/agora/bin':\"$PATH\"; export PATH; pbs_end() { return $1; }; /spool/jobs/17.pbs/17.pbs.SC one 'two three'\npbs_end $?\n"], plan.Command);
        Assert.Null(plan.Input);
    }

    [Fact]
    public void Files_of_a_job_that_is_here_alone_are_in_memory_where_the_node_has_mounts_of_its_own()
    {
        static (string Nodes, string Directory) Where(JobLaunch job, MomNode node)
        {
            var plan = SessionPlanner.Plan(job, node, Account, ownUser: false, "COOKIE", 555, _ => false);
            Assert.All(plan.Files.Skip(1), f => Assert.StartsWith(plan.JobDirectory + "/", f.Path, StringComparison.Ordinal));
            Assert.Equal(plan.Files[0].Path, Value(plan, "PBS_NODEFILE"));
            return (plan.Files[0].Path, plan.JobDirectory);
        }

        var alone = Job with { Hosts = [Job.Hosts[0]] };
        var mounting = Node with { HasOwnMounts = true };
        Assert.Equal(("/spool/memory/aux/17.pbs", "/spool/memory/jobs/17.pbs"), Where(alone, mounting));
        // Other nodes of the same machine may look at them, there may be no mounts, or it would take too much memory.
        var onDisk = ("/spool/aux/17.pbs", "/spool/jobs/17.pbs");
        Assert.Equal(onDisk, Where(Job, mounting));
        Assert.Equal(onDisk, Where(alone, Node));
        Assert.Equal(onDisk, Where(alone with { Script = new byte[(256 << 10) + 1] }, mounting));
    }

    [Theory]
    [InlineData("/bin/sh", "/bin/sh", "-sh", "/spool/jobs/17.pbs/17.pbs.SC")]
    [InlineData("/usr/bin/perl", "/bin/bash", "-bash", "'/usr/bin/perl' /spool/jobs/17.pbs/17.pbs.SC")]
    [InlineData("/bin/a@n7,/usr/bin/perl@n1", "/bin/bash", "-bash", "'/usr/bin/perl' /spool/jobs/17.pbs/17.pbs.SC")]
    [InlineData("/bin/a@n7", "/bin/bash", "-bash", "/spool/jobs/17.pbs/17.pbs.SC")]
    public void A_shell_that_is_asked_for_takes_the_login_shells_place_and_another_interpreter_reads_the_script(
        string asked, string program, string zeroth, string line)
    {
        var plan = Plan(Job with { Shell = asked });
        Assert.Equal((program, zeroth), (plan.Program, plan.Command[0]));
        Assert.Equal(line, plan.Command[2].Split('\n')[0].Split("; ")[^1]);
    }

    [Fact]
    public void A_c_shell_is_told_by_its_input()
    {
        var start = StartCommand.OfScript("/bin/tcsh", null, "/s/17.SC", [], null, ["/p"]);
        Assert.Equal(["-tcsh"], start.Arguments);
        Assert.Equal("setenv PATH '/p':\"$PATH\"\n/s/17.SC\n", Encoding.UTF8.GetString(start.Input!));
    }

    [Fact]
    public void In_another_root_directory_the_shell_reads_the_scripts_text()
    {
        var plan = Plan(Job with { RootDirectory = "/jail" });
        Assert.Equal(Job.Script, plan.Input);
        Assert.Equal(("/jail", "/jail"), (plan.Root, Value(plan, "PBS_O_ROOTDIR")));
    }

    [Fact]
    public void The_environment_has_what_Torques_has_and_the_account_has_the_last_word_about_itself()
    {
        var plan = Plan(Job with { Limits = new JobLimits(WalltimeSeconds: 300), Threads = 3, CpusOfFirst = 2 });
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["PBS_JOBID"] = "17.pbs",
            ["PBS_JOBNAME"] = "job",
            ["PBS_NODEFILE"] = "/spool/aux/17.pbs",
            ["PBS_GPUFILE"] = "/spool/aux/17.pbsgpu",
            ["PBS_MICFILE"] = "/spool/aux/17.pbsmic",
            ["PBS_NP"] = "4",
            ["PBS_NUM_NODES"] = "2",
            ["PBS_NUM_PPN"] = "2",
            ["PBS_WALLTIME"] = "300",
            ["PBS_JOBCOOKIE"] = "COOKIE",
            ["PBS_MOMPORT"] = "555",
            ["PBS_QUEUE"] = "batch",
            ["PBS_O_QUEUE"] = "batch",
            ["PBS_SERVER"] = "pbs",
            ["PBS_O_SERVER"] = "pbs",
            ["PBS_NODENUM"] = "0",
            ["PBS_VNODENUM"] = "0",
            ["PBS_TASKNUM"] = "1",
            ["PBS_ENVIRONMENT"] = "PBS_BATCH",
            ["ENVIRONMENT"] = "BATCH",
            ["HOME"] = "/home/alice",
            ["USER"] = "alice",
            ["LOGNAME"] = "alice",
            ["SHELL"] = "/bin/bash",
            ["FOO"] = "foo",
            ["OMP_NUM_THREADS"] = "3",
            ["NCPUS"] = "2",
            ["AGORA_HOME"] = "/state",
        })
            Assert.Equal((name, value), (name, Value(plan, name)));
        Assert.Null(Value(plan, "PBS_ARRAYID"));
        Assert.Equal("4", Value(Plan(Job with { ArrayIndex = 4 }), "PBS_ARRAYID"));
    }

    [Fact]
    public void Mpi_libraries_find_the_nodes_and_keep_what_the_user_has_set()
    {
        var plan = Plan(Job with { Variables = new Dictionary<string, string> { ["UCX_ERROR_SIGNALS"] = "11", ["HYDRA_LAUNCHER"] = "ssh" } });
        foreach (var name in (ReadOnlySpan<string>)["HYDRA_LAUNCHER_EXEC", "OMPI_MCA_plm_rsh_agent", "PRTE_MCA_plm_ssh_agent", "I_MPI_HYDRA_BOOTSTRAP_EXEC"])
            Assert.Equal("/agora/bin/agora-rsh", Value(plan, name));
        Assert.Equal(("pbs", "rsh", "11"), (Value(plan, "HYDRA_RMK"), Value(plan, "HYDRA_LAUNCHER"), Value(plan, "UCX_ERROR_SIGNALS")));
        Assert.Null(Value(plan, "OMPI_ALLOW_RUN_AS_ROOT"));
        Assert.Null(Value(plan, "OMPI_MCA_oob_tcp_if_include"));
        Assert.Equal("n1 slots=2\nn2 slots=2\n", Text(plan, Value(plan, "OMPI_MCA_orte_default_hostfile")!));
        Assert.Equal("-localhost 10.0.0.1\n", Text(plan, Value(plan, "HYDRA_CONFIG_FILE")!));
    }

    [Fact]
    public void The_node_file_is_everybodys_and_the_list_of_ports_the_users_own()
    {
        var plan = Plan(Job);
        Assert.Equal("n1\nn1\nn2\nn2\n", Text(plan, "/spool/aux/17.pbs"));
        Assert.Equal([false, true, true, true, true], plan.Files.Select(f => f.IsUsers));
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, plan.Files.Single(f => f.Path.EndsWith("hosts.json", StringComparison.Ordinal)).Content);
        Assert.Equal([new RemoteHost("n1", "10.0.0.1", 555, "token"), new RemoteHost("n2", "10.0.0.2", 777, "token")], RemoteHosts.Load(path).Hosts);
        File.Delete(path);
    }

    [Fact]
    public void Only_the_sites_programs_that_are_there_are_run()
    {
        Assert.Empty(Plan(Job).Prologues);
        var plan = Plan(Job with { Group = "staff" }, false, "/home/pbs/mom_priv/prologue", "/home/pbs/mom_priv/epilogue.user");
        Assert.False(Assert.Single(plan.Prologues).IsUsers);
        Assert.Equal(["17.pbs", "alice", "staff", "job", "walltime=00:05:00,nodes=2:ppn=2", "batch", "acct", "/spool/jobs/17.pbs/17.pbs.SC"], plan.Prologues[0].Arguments);
        Assert.True(Assert.Single(plan.Epilogues).IsUsers);
    }

    [Fact]
    public void The_least_of_two_limits_is_the_kernels()
    {
        var limits = new JobLimits(MemBytes: 200, PmemBytes: 100, VmemBytes: 3 << 20, FileBytes: 1024, PcputSeconds: 7, Nice: -5);
        Assert.Equal([new(5, 100), new(2, 100), new(9, 3 << 20), new(1, 1024), new(0, 7)], ProcessLimits.Of(limits));
        Assert.Equal("ulimit -m 1 2>/dev/null; ulimit -d 1 2>/dev/null; ulimit -v 3072 2>/dev/null; ulimit -f 2; ulimit -t 7; ", ProcessLimits.ShellPrefix(limits));
        Assert.Equal("", ProcessLimits.ShellPrefix(new JobLimits()));
        // A user gets no more of the processor than others by asking.
        Assert.Equal(0, Plan(Job with { Limits = limits }).Nice);
    }

    [Fact]
    public void A_plan_and_all_messages_arrive_as_they_were_sent()
    {
        var plan = Plan(Job with { Limits = new JobLimits(MemBytes: 5), RootDirectory = "/jail", Interactive = "h:1 s" }, false, "/home/pbs/mom_priv/prologue");
        var arrived = SessionWire.DecodePlan(Body(SessionWire.Encode(plan)));
        Assert.Equal(SessionWire.Encode(plan), SessionWire.Encode(arrived));
        Assert.Equal(plan.Environment, arrived.Environment);
        foreach (var command in (SessionCommand[])[new SessionCommand.Signal(9), new SessionCommand.Note("ä\n", true), new SessionCommand.Finish(5, "used", -11)])
            Assert.Equal(command, SessionWire.DecodeCommand(Body(SessionWire.Encode(command))));
        foreach (var said in (SessionEvent[])[new SessionEvent.Started(1), new SessionEvent.NotStarted(-1, "why"), new SessionEvent.LeaderEnded(256),
            new SessionEvent.TreeEnded(9, 1L << 40, 2L << 40), new SessionEvent.Done(null), new SessionEvent.Done("trouble")])
            Assert.Equal(said, SessionWire.DecodeEvent(Body(SessionWire.Encode(said))));
    }

    private static byte[] Body(byte[] frame) => frame[SessionWire.HeaderBytes..];

    private static string Text(SessionPlan plan, string path) => Encoding.UTF8.GetString(plan.Files.Single(f => f.Path == path).Content);
}
