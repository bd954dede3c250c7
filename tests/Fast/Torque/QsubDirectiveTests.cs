using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class QsubDirectiveTests
{
    private static string? Of(Request.Submit submit, string name, string? resource = null) =>
        submit.Attributes.LastOrDefault(a => a.Name == name && a.Resource == resource)?.Value;

    private static Request.Submit Submit(string script, params string[] arguments)
    {
        var bench = new CommandBench();
        return bench.Submit([.. arguments, bench.Script(script)]);
    }

    [Theory]
    [InlineData("#PBS -N x\n", "-N x")]
    [InlineData("   #PBS -N x\n", "-N x")]
    [InlineData("#PBS-N x\n", "-N x")]
    [InlineData("#!/bin/sh\n\n# a comment\n#PBS -N x\n", "-N x")]
    [InlineData(":\n: more\n#PBS -N x\n", "-N x")]
    [InlineData("##PBS -N x\n# PBS -N x\n#pbs -N x\n", "")]
    [InlineData("echo\n#PBS -N x\n", "")]
    [InlineData(" : no label\n#PBS -N x\n", "")]
    [InlineData("#PBS -N x", "-N x")]
    public void A_directive_is_found_before_the_first_line_that_does_something(string script, string found) =>
        Assert.Equal(found.Length > 0 ? [found] : [], DirectiveScan.Find(script, "#PBS").Select(d => d.Trim()));

    [Fact]
    public void A_backslash_goes_on_in_the_next_line()
    {
        var directive = Assert.Single(DirectiveScan.Find("#PBS -l nodes=1,\\\nwalltime=10\n", "#PBS"));
        Assert.Equal(" -l nodes=1,walltime=10", directive);
    }

    [Fact]
    public void Several_options_may_stand_in_one_line_and_be_quoted()
    {
        var submit = Submit("#PBS -l nodes=1:ppn=2 -N x -j oe\n#PBS -A 'an account'\n#PBS -v A=\"b c\"\n");
        Assert.Equal("1:ppn=2", Of(submit, "Resource_List", "nodes"));
        Assert.Equal(("x", "oe", "an account"), (Of(submit, "Job_Name"), Of(submit, "Join_Path"), Of(submit, "Account_Name")));
        Assert.Contains(",A=b c,", Of(submit, "Variable_List"), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_the_shell_are_not_replaced() =>
        Assert.EndsWith("/logs/$PBS_JOBID", Of(Submit("#PBS -o /logs/$PBS_JOBID\n"), "Output_Path"), StringComparison.Ordinal);

    [Fact]
    public void The_command_line_comes_before_directives_of_its_kind()
    {
        var submit = Submit("#PBS -N script -l walltime=10,mem=1gb -m abe\n", "-Nline", "-l", "walltime=20");
        Assert.Equal("line", Of(submit, "Job_Name"));
        Assert.Equal(("20", "1gb", "abe"), (Of(submit, "Resource_List", "walltime"), Of(submit, "Resource_List", "mem"), Of(submit, "Mail_Points")));
    }

    [Fact]
    public void Nodes_on_the_command_line_stand_for_every_way_to_ask_for_them()
    {
        var submit = Submit("#PBS -l select=2:ncpus=4\n", "-l", "nodes=3");
        Assert.Equal("3", Of(submit, "Resource_List", "nodes"));
        Assert.Null(Of(submit, "Resource_List", "select"));
    }

    [Fact]
    public void The_last_of_a_repeated_option_counts() => Assert.Equal("b", Of(Submit("#PBS -N a\n#PBS -N b\n"), "Job_Name"));

    [Theory]
    [InlineData("@@", null, "@@ -N x\n#PBS -N y\n", "x")]
    [InlineData(null, "#Q", "#Q -N x\n#PBS -N y\n", "x")]
    [InlineData("#C", "#Q", "#C -N x\n#Q -N y\n", "x")]
    [InlineData("", null, "#PBS -N y\n", "s.sh")]
    public void The_prefix_may_be_another(string? option, string? variable, string script, string name)
    {
        var bench = new CommandBench();
        if (variable is not null)
            bench.Environment["PBS_DPREFIX"] = variable;
        string[] arguments = option is null ? [] : ["-C", option];
        Assert.Equal(name, Of(bench.Submit([.. arguments, bench.Script(script)]), "Job_Name"));
    }

    [Fact]
    public void A_comment_behind_a_directive_is_no_comment()
    {
        var bench = new CommandBench();
        var (exitCode, _, error) = bench.Run("qsub", bench.Script("#PBS -m abe # note\n"));
        Assert.Equal(2, exitCode);
        Assert.StartsWith("[qsub: directive error: -m abe # note]\n\nusage: qsub ", error, StringComparison.Ordinal);
        Assert.Empty(bench.Requests);
    }

    [Fact]
    public void A_submit_filter_has_the_last_word()
    {
        var bench = new CommandBench();
        File.WriteAllText(Path.Combine(bench.Directory, "filter"), "#!/bin/sh\necho '#PBS -A filtered'\ncat\n");
        using (var chmod = System.Diagnostics.Process.Start("chmod", ["+x", Path.Combine(bench.Directory, "filter")]))
            chmod.WaitForExit();
        File.WriteAllText(Path.Combine(bench.Directory, "torque.cfg"), $"# of the site\nSUBMITFILTER {bench.Directory}/filter\n");
        var submit = bench.Submit(bench.Script("echo hi\n"));
        Assert.Equal("filtered", Of(submit, "Account_Name"));
        Assert.Equal("#PBS -A filtered\necho hi\n", System.Text.Encoding.UTF8.GetString(submit.Script));
    }
}
