using System.Globalization;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>What users get wrong, and what their machines do: a plain message and its code, nothing lost, nothing queued by half.</summary>
[Collection(SharedTorqueCluster.Name)]
public sealed class BadInputTests(TorqueCluster cluster, TestUser user) : IClassFixture<TestUser>
{
    private readonly string _work = user.NewDirectory();

    [Theory]
    [InlineData("printf '#!/bin/sh\\r\\necho hi\\r\\n' > s; qsub s", 1, "qsub:  script is written in DOS/Windows text format\n")]
    [InlineData("head -c 300 /bin/ls > s; qsub s", 1, "qsub:  file must be an ascii script\n")]
    [InlineData("qsub .", 1, "qsub: script not a file\n")]
    [InlineData("echo '#PBS -l nodes=99' > s; qsub s", 190, "qsub: submit error (Job exceeds queue resource limits MSG=cannot locate feasible nodes (nodes file is empty, all systems are busy, or no nodes have the requested feature))\n")]
    [InlineData("echo '#PBS -l walltime=soon' > s; qsub s", 168, "qsub: submit error (Illegal attribute or resource value for Resource_List.walltime)\n")]
    [InlineData("echo '#PBS -q nosuch' > s; qsub s", 172, "qsub: submit error (Unknown queue MSG=requested queue not found)\n")]
    public async Task What_cannot_be_a_job_is_refused_and_leaves_nothing_in_the_queue(string line, int exitCode, string message)
    {
        var before = await Run("qselect");
        var refused = await Run(line);
        Assert.Equal((exitCode, "", message), (refused.ExitCode, refused.Text, refused.Error));
        Assert.Equal(before.Text, (await Run("qselect")).Text);
    }

    [Fact]
    public async Task A_script_that_the_user_may_not_read_is_refused()
    {
        Assert.SkipUnless(TestUser.IsAnother, "needs root, to run jobs as somebody else");
        var refused = await Run("echo true > s; chmod 0 s; qsub s");
        Assert.Equal((1, "", "qsub: script file 's' cannot be loaded - Permission denied\n"), (refused.ExitCode, refused.Text, refused.Error));
    }

    [Fact]
    public async Task A_home_directory_that_does_not_exist_ends_the_job_with_a_message()
    {
        Assert.SkipUnless(TestUser.IsAnother, "needs root, to make a user");
        await using var homeless = new TestUser();
        await homeless.InitializeAsync();
        await cluster.Output($"mv {homeless.Home} {homeless.Home}.gone");
        var directory = homeless.NewDirectory();
        var job = await cluster.Output("qsub -N nowhere <<< pwd", directory, homeless.Name);
        await cluster.Becomes(job, "job_state", "C");
        Assert.Equal("-1", await cluster.Attribute(job, "exit_status"));
        Assert.StartsWith($"cannot enter the directory ({homeless.Home})", await cluster.Attribute(job, "comment"), StringComparison.Ordinal);
        Assert.Equal("", await cluster.Output("cat nowhere.o*", directory));
        Assert.StartsWith($"PBS: the job was not started: cannot enter the directory ({homeless.Home})", await cluster.Output("cat nowhere.e*", directory), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_cannot_be_written_where_it_should_is_kept_on_the_node_and_the_job_says_so()
    {
        var id = (await Run("qsub -o /proc/nowhere/out -j oe <<< 'echo precious'")).Text.TrimEnd();
        await cluster.Becomes(id, "job_state", "C");
        var comment = await cluster.Attribute(id, "comment") ?? "";
        Assert.Equal(("0", comment), (await cluster.Attribute(id, "exit_status"), comment));
        Assert.StartsWith($"cannot write {Environment.MachineName}:/proc/nowhere/out: ", comment, StringComparison.Ordinal);
        var kept = comment[(comment.LastIndexOf(' ') + 1)..];
        Assert.Equal("precious", await cluster.Output($"cat {kept}"));
    }

    [Fact]
    public async Task A_user_with_the_number_of_a_former_one_is_not_taken_for_that_one()
    {
        Assert.SkipUnless(TestUser.IsAnother, "needs root, to make users");
        int number;
        await using (var former = new TestUser())
        {
            await former.InitializeAsync();
            number = int.Parse(await cluster.Output($"id -u {former.Name}"), CultureInfo.InvariantCulture);
            await cluster.Output("qdel $(qsub -h <<< true)", former.NewDirectory(), former.Name);
        }
        await using var next = new TestUser(number);
        await next.InitializeAsync();
        var id = await cluster.Output("qsub -h <<< true", next.NewDirectory(), next.Name);
        Assert.Equal($"{next.Name}@{Environment.MachineName}", await cluster.Attribute(id, "Job_Owner"));
        await cluster.Output($"qdel {id}", user: next.Name);
    }

    [Theory]
    [InlineData("qdel")]
    [InlineData("qhold")]
    [InlineData("qrls")]
    [InlineData("qalter -N x")]
    [InlineData("qsig -s USR1")]
    [InlineData("qmove batch")]
    [InlineData("qmsg hello")]
    public async Task Another_users_job_is_left_alone(string command)
    {
        Assert.SkipUnless(TestUser.IsAnother, "needs root, to have two users");
        var id = await cluster.Output("qsub -h <<< true", _work);
        var refused = await Run($"{command} {id}");
        Assert.Equal((159, "", $"{command.Split(' ')[0]}: Unauthorized Request  {id}\n"), (refused.ExitCode, refused.Text, refused.Error));
        Assert.Equal("H", await cluster.Attribute(id, "job_state"));
        Assert.Equal("STDIN", await cluster.Attribute(id, "Job_Name"));
        await cluster.Output($"qdel {id}");
    }

    [Fact]
    public async Task Root_is_refused_where_it_is_not_listed()
    {
        Assert.SkipUnless(TestUser.IsAnother, "needs root");
        await cluster.Output("qmgr -c 'unset server acl_roots'");
        try
        {
            var refused = await cluster.Shell("qsub <<< true", _work);
            Assert.Equal((1, "", "qsub can not be run as root\n"), (refused.ExitCode, refused.Text, refused.Error));
        }
        finally
        {
            await cluster.Output("qmgr -c 'set server acl_roots = root'");
        }
    }

    [Fact]
    public async Task Print_server_makes_a_queue_again_that_was_deleted()
    {
        Assert.SkipUnless(TestUser.IsAnother, "needs root, to be an administrator");
        await cluster.Output("qmgr -c 'create queue fed queue_type=execution'");
        await cluster.Output("qmgr -c 'set queue fed max_user_run = 3'");
        await cluster.Output("qmgr -c 'set queue fed resources_max.walltime = 02:00:00'");
        var printed = await cluster.Output("qmgr -c 'print queue fed'");
        await cluster.Output("qmgr -c 'delete queue fed'");
        await cluster.Output($"qmgr <<'END'\n{printed}\nEND");
        Assert.Equal(printed, await cluster.Output("qmgr -c 'print queue fed'"));
        await cluster.Output("qmgr -c 'delete queue fed'");
    }

    private Task<Cluster.Finished> Run(string line) => cluster.Shell(line, _work, TestUser.IsAnother ? user.Name : null);
}
