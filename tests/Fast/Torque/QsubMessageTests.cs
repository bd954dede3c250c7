using Agora.Torque.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>What <c>qsub</c> says of what it does not take, as a real Torque did.</summary>
public class QsubMessageTests
{
    private static (int ExitCode, string Error) Run(CommandBench bench, string commandLine)
    {
        bench.Script("echo hi\n");
        string[] words = [.. Agora.Torque.Cli.Submit.ShellWords.Split(commandLine).Skip(1).Select(w => w == "s.sh" ? Path.Combine(bench.Directory, w) : w)];
        var (exitCode, output, error) = bench.Run("qsub", words);
        Assert.Equal("", output);
        return (exitCode, error);
    }

    [Theory]
    [InlineData("qsub -N \"a b\" s.sh")]
    [InlineData("qsub -j xx s.sh")]
    [InlineData("qsub -r q s.sh")]
    [InlineData("qsub -p 5000 s.sh")]
    [InlineData("qsub -a 9999 s.sh")]
    [InlineData("qsub -m z s.sh")]
    [InlineData("qsub s.sh extra")]
    [InlineData("qsub -W depend=bogus:1 s.sh")]
    [InlineData("qsub -Q s.sh")]
    public void A_wrong_call_begins_with_the_recorded_words_and_the_usage_follows(string commandLine)
    {
        var bench = new CommandBench();
        var (exitCode, error) = Run(bench, commandLine);
        var recorded = Recording.Of("battery1", commandLine);
        // The words, an empty line; then its usage is the original's and ours is ours.
        var words = recorded.Text[..(recorded.Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)];
        Assert.Equal(recorded.ExitCode, exitCode);
        Assert.StartsWith(words + "usage: qsub [-a date_time] [-A account_string] [-b secs]\n", error, StringComparison.Ordinal);
        Assert.Empty(bench.Requests);
    }

    [Theory]
    [InlineData("qsub nofile.sh")]
    [InlineData("qsub -I s.sh </dev/null")]
    [InlineData("qsub -l nodes=1,ncpus=2 s.sh")]
    [InlineData("qsub -q batch@nosuchhost s.sh")]
    public void What_cannot_be_submitted_gives_the_recorded_message_and_exit_code(string commandLine)
    {
        var (exitCode, error) = Run(new CommandBench(), commandLine.Replace(" </dev/null", "", StringComparison.Ordinal));
        Assert.Equal(Recording.Of("battery1", commandLine), (error, exitCode));
    }

    [Theory]
    [InlineData("qsub -l nodes=99:ppn=1 s.sh", PbsError.ExceedsQueueLimits, "Job exceeds queue resource limits MSG=cannot locate feasible nodes (nodes file is empty, all systems are busy, or no nodes have the requested feature)")]
    [InlineData("qsub -l walltime=abc s.sh", PbsError.BadAttributeValue, "Illegal attribute or resource value for Resource_List.walltime")]
    [InlineData("qsub -l foo=3 s.sh", PbsError.UnknownResource, "Unknown resource type  Resource_List.foo")]
    [InlineData("qsub -l nodes=1:ppn=x s.sh", PbsError.InvalidSyntax, "Command syntax invalid MSG=Invalid Syntax")]
    [InlineData("qsub -q nosuch s.sh", PbsError.UnknownQueue, "Unknown queue MSG=requested queue not found")]
    [InlineData("qsub -W depend=afterok:99999 s.sh", PbsError.BadDependency, "Invalid Job Dependency")]
    public void What_the_server_refuses_is_said_as_recorded(string commandLine, PbsError error, string message)
    {
        var bench = new CommandBench();
        bench.Refuse(error, message);
        var (exitCode, said) = Run(bench, commandLine);
        Assert.Equal(Recording.Of("battery1", commandLine), (said, exitCode));
    }

    [Fact]
    public void Without_a_server_it_is_said_once()
    {
        var (exitCode, error) = Run(new CommandBench { IsDown = true }, "qsub -l procs=3 s.sh");
        Assert.Equal(Recording.Of("battery1", "qsub -l procs=3 s.sh"), (error, exitCode));
    }

    [Fact]
    public void A_script_that_is_none_is_refused()
    {
        var bench = new CommandBench();
        Assert.Equal(Recording.Of("battery1", "qsub /home/alice").Text, bench.Run("qsub", bench.Directory).Error);
        Assert.Equal((1, "", "qsub:  script is written in DOS/Windows text format\n"), bench.Run("qsub", bench.Script("#!/bin/sh\r\necho hi\r\n")));
        Assert.Equal((1, "", "qsub:  file must be an ascii script\n"), bench.Run("qsub", bench.Script("\0\u0001")));
        Assert.Empty(bench.Requests);
    }

    [Theory]
    [InlineData("-W", "depend=afterok")]
    [InlineData("-W", "depend=on:x")]
    [InlineData("-W", "umask=9")]
    [InlineData("-l", "nodes")]
    [InlineData("-l", "nodes=1,procs=2")]
    [InlineData("-o", "")]
    [InlineData("-S", "bash")]
    [InlineData("-k", "x")]
    [InlineData("-c", "often")]
    [InlineData("-q", "a@b@c")]
    [InlineData("-d", "no/such/directory")]
    [InlineData("-K", "0")]
    [InlineData("--", "")]
    [InlineData("--nosuch", "")]
    public void Nothing_is_submitted_of_what_cannot_be_meant(string option, string argument)
    {
        var bench = new CommandBench();
        var (exitCode, output, error) = bench.Run("qsub", [bench.Script("echo\n"), option, .. argument.Length > 0 || option == "-o" ? [argument] : Array.Empty<string>()]);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("usage: qsub", error, StringComparison.Ordinal);
        Assert.Empty(bench.Requests);
    }
}
