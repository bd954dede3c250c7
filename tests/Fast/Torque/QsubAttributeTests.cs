using System.Text;
using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>What the server is told of a job.</summary>
public class QsubAttributeTests
{
    private readonly CommandBench _bench = new();

    private string? Of(string name, params string[] arguments)
    {
        var submit = _bench.Submit([.. arguments, _bench.Script("echo hi\n")]);
        return submit.Attributes.LastOrDefault(a => (a.Resource is null ? a.Name : $"{a.Name}.{a.Resource}") == name)?.Value;
    }

    private IReadOnlyDictionary<string, string> Variables(params string[] arguments) => VariableList.Parse(Of("Variable_List", arguments)!);

    [Fact]
    public void A_job_without_options_has_the_usual_values()
    {
        Assert.Equal(("s.sh", "n", "n", "a", "0", "True"), (Of("Job_Name"), Of("Join_Path"), Of("Keep_Files"), Of("Mail_Points"), Of("Priority"), Of("Rerunable")));
        Assert.Equal(("vm", _bench.Directory, "False"), (Of("submit_host"), Of("init_work_dir"), Of("fault_tolerant")));
        Assert.Null(Of("Output_Path"));
        Assert.Null(Of("Hold_Types"));
    }

    [Theory]
    [InlineData("-h", "", "Hold_Types", "u")]
    [InlineData("-r", "n", "Rerunable", "False")]
    [InlineData("-p", "-5", "Priority", "-5")]
    [InlineData("-A", "acct", "Account_Name", "acct")]
    [InlineData("-P", "project", "Account_Name", "project")]
    [InlineData("-joe", "", "Join_Path", "oe")]
    [InlineData("-k", "oe", "Keep_Files", "oe")]
    [InlineData("-F", "one two", "job_arguments", "one two")]
    [InlineData("-S", "/bin/bash", "Shell_Path_List", "/bin/bash")]
    [InlineData("-W", "depend=afterok:1:2,afterany:3[].vm,umask=022", "depend", "afterok:1:2,afterany:3[].vm")]
    [InlineData("-W", "depend=afterok:1,umask=022", "umask", "022")]
    [InlineData("-W", "x=PARTITION:a,QOS=b", "x", "PARTITION:a,QOS=b")]
    [InlineData("-W", "group_list=users", "group_list", "users")]
    [InlineData("-K", "20", "user_kill_delay", "20")]
    [InlineData("-n", "", "Resource_List.naccesspolicy", "singlejob")]
    [InlineData("-l", "nodes=2:ppn=2,walltime=1:00:00", "Resource_List.walltime", "1:00:00")]
    [InlineData("-f", "", "fault_tolerant", "True")]
    public void An_option_becomes_its_attribute(string option, string argument, string name, string value) =>
        Assert.Equal(value, Of(name, argument.Length > 0 ? [option, argument] : [option]));

    [Fact]
    public void What_was_submitted_is_kept_as_it_was_typed()
    {
        var script = _bench.Script("echo\n");
        var submit = _bench.Submit("-v", "FOO,BAR=x1", script);
        Assert.Equal($"-v FOO,BAR=x1 {script}", submit.Attributes.Single(a => a.Name == "submit_args").Value);
    }

    [Fact]
    public void A_job_knows_where_it_came_from()
    {
        _bench.Environment["SHELL"] = "/bin/bash";
        var variables = Variables();
        Assert.Equal(("/home/alice", "alice", "/bin", "/bin/bash", _bench.Directory, "vm"), (variables["PBS_O_HOME"], variables["PBS_O_LOGNAME"],
            variables["PBS_O_PATH"], variables["PBS_O_SHELL"], variables["PBS_O_WORKDIR"], variables["PBS_O_HOST"]));
        Assert.False(variables.ContainsKey("PBS_O_TZ"));
    }

    [Fact]
    public void Values_of_variables_may_hold_commas()
    {
        _bench.Environment["NOW"] = "from,here";
        var variables = Variables("-v", "NOW,A=1,B=\"x,y\",C=p\\,q,D='z',E=say \"a, b\" now");
        Assert.Equal(("from,here", "1", "x,y", "p,q", "z", "say \"a, b\" now"),
            (variables["NOW"], variables["A"], variables["B"], variables["C"], variables["D"], variables["E"]));
    }

    [Fact]
    public void All_of_the_environment_is_taken_but_given_values_win()
    {
        _bench.Environment["A"] = "inherited";
        _bench.Environment["B"] = "two\nlines";
        var variables = Variables("-V", "-v", "A=given");
        Assert.Equal(("given", "two\nlines", "/bin"), (variables["A"], variables["B"], variables["PATH"]));
        Assert.False(Variables().ContainsKey("B"));
    }

    [Fact]
    public void Paths_of_output_are_whole()
    {
        Directory.CreateDirectory(Path.Combine(_bench.Directory, "logs"));
        Assert.Equal($"vm:{_bench.Directory}/out", Of("Output_Path", "-o", "out"));
        Assert.Equal("other:/tmp/x", Of("Output_Path", "-o", "other:/tmp/x"));
        Assert.Equal("vm:/dev/null", Of("Error_Path", "-e", "/dev/null"));
        // A directory takes the usual name, which the server adds.
        Assert.Equal($"vm:{_bench.Directory}/logs/", Of("Output_Path", "-o", "logs"));
        Assert.Equal("vm:/tmp/out.${PBS_JOBID}", Of("Output_Path", "-o", "/tmp/out.${PBS_JOBID}"));
    }

    [Fact]
    public void Another_directory_to_begin_in_is_where_output_goes_too()
    {
        Directory.CreateDirectory(Path.Combine(_bench.Directory, "sub"));
        var sub = Path.Combine(_bench.Directory, "sub");
        var variables = Variables("-d", "sub");
        Assert.Equal((sub, sub), (variables["PBS_O_INITDIR"], variables["PBS_O_WORKDIR"]));
        Assert.Equal((sub, $"vm:{sub}/o"), (Of("init_work_dir", "-d", "sub"), Of("Output_Path", "-d", "sub", "-o", "o")));
        Assert.False(Variables("-w", sub).ContainsKey("PBS_O_INITDIR"));
        Assert.Equal(sub, Variables("-w", sub)["PBS_O_WORKDIR"]);
    }

    [Theory]
    [InlineData("-t", "1-5,8%2")]
    [InlineData("-J", "0-8:2")]
    public void Arrays_are_asked_for_in_both_ways(string option, string range) =>
        Assert.Equal(range, _bench.Submit(option, range, _bench.Script("echo\n")).Array);

    [Fact]
    public void A_script_on_standard_input_has_its_directives_and_a_name()
    {
        _bench.Input = "#PBS -l nodes=2\necho hi\n";
        var submit = _bench.Submit();
        Assert.Equal("STDIN", submit.Attributes.Single(a => a.Name == "Job_Name").Value);
        Assert.Equal("2", submit.Attributes.Single(a => a.Resource == "nodes").Value);
        Assert.Equal(_bench.Input, Encoding.UTF8.GetString(submit.Script));
    }

    [Fact]
    public void A_program_behind_two_dashes_becomes_a_script() => Assert.Equal("#!/bin/sh\nexec '/bin/echo' 'it'\\''s' '-N'\n",
        Encoding.UTF8.GetString(_bench.Submit("-N", "x", "--", "/bin/echo", "it's", "-N").Script));

    [Fact]
    public void With_z_the_id_is_not_printed()
    {
        _bench.Replies.Enqueue(new Reply(Id: "7.vm"));
        Assert.Equal((0, "", ""), _bench.Run("qsub", "-z", _bench.Script("echo\n")));
    }

    [Theory]
    [InlineData("1830", "2026-11-22 18:30:00")]
    [InlineData("0800", "2026-11-23 08:00:00")]
    [InlineData("251200", "2026-11-25 12:00:00")]
    [InlineData("011200", "2026-12-01 12:00:00")]
    [InlineData("12241800.30", "2026-12-24 18:00:30")]
    [InlineData("2701010000", "2027-01-01 00:00:00")]
    [InlineData("203001020304.05", "2030-01-02 03:04:05")]
    [InlineData("202511010000", "2025-11-01 00:00:00")]
    public void Times_may_be_written_short(string text, string time) =>
        Assert.Equal(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture), PbsDate.Parse(text, _bench.Now)!.Value.LocalDateTime);

    [Theory]
    [InlineData("9999")]
    [InlineData("12")]
    [InlineData("321200")]
    [InlineData("1200.6")]
    [InlineData("13010000")]
    [InlineData("x200")]
    [InlineData("")]
    public void What_is_no_time_is_none(string text) => Assert.Null(PbsDate.Parse(text, _bench.Now));
}
