using Agora.Torque.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class QstatErrorTests
{
    [Theory]
    [InlineData("qstat 99999", PbsError.UnknownJobId, "Unknown Job Id Error")]
    [InlineData("qstat -f 99999", PbsError.UnknownJobId, "Unknown Job Id Error")]
    [InlineData("qstat nosuchqueue", PbsError.UnknownQueue, "Unknown queue MSG=cannot locate queue nosuchqueue")]
    [InlineData("qstat -Q nosuchqueue", PbsError.UnknownQueue, "Unknown queue MSG=cannot locate queue nosuchqueue")]
    public void What_is_not_known_gives_the_recorded_message_and_exit_code(string commandLine, PbsError error, string message)
    {
        var bench = new CommandBench();
        bench.Refuse(error, message);
        var (exitCode, output, errors) = bench.Run("qstat", commandLine.Split(' ')[1..]);
        Assert.Equal(Recording.Of("battery3", commandLine), (errors, exitCode));
        Assert.Equal("", output);
    }

    [Fact]
    public void A_name_that_can_be_none_is_refused_without_asking()
    {
        var bench = new CommandBench();
        var (exitCode, _, error) = bench.Run("qstat", "abc@@x");
        Assert.Equal(Recording.Of("battery1", "qstat abc@@x"), (error, exitCode));
        Assert.Empty(bench.Requests);
    }

    [Theory]
    [InlineData("qstat 99999")]
    [InlineData("qstat nosuchqueue")]
    [InlineData("qstat -Q nosuchqueue")]
    [InlineData("qdel 99999")]
    [InlineData("qdel 0")]
    [InlineData("qhold 99999")]
    [InlineData("qrls 0")]
    [InlineData("qalter -l walltime=10 99999")]
    [InlineData("qsig -s BOGUS 0")]
    [InlineData("qrerun 0")]
    [InlineData("qselect")]
    [InlineData("qselect -s C -u alice")]
    [InlineData("qmgr -c \"create queue x\"")]
    [InlineData("pbsnodes nosuchnode")]
    [InlineData("pbsnodes -o n1")]
    public void Without_a_server_each_command_says_what_the_original_said(string commandLine)
    {
        var words = Agora.Torque.Cli.Submit.ShellWords.Split(commandLine);
        var (exitCode, output, error) = new CommandBench { IsDown = true }.Run(words[0], [.. words.Skip(1)]);
        Assert.Equal(Recording.Of("battery1", commandLine), (error, exitCode));
        Assert.Equal("", output);
    }
}
