using Agora.Torque.Cli;
using Agora.Torque.Cli.Spread;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class PbsdshTests
{
    private static readonly string[] Lines = ["n2", "n2", "n1", "n1"];

    private static string Plan(params string[] arguments) => string.Join(' ',
        SlotPlan.Of(Lines, PbsdshOptions.Read([.. arguments, "prog"], TextWriter.Null)).Select(t => $"{t.Host}/{t.Node}.{t.Slot}#{t.Task}"));

    [Fact]
    public void Each_slot_has_a_copy_and_each_copy_its_numbers()
    {
        // n2 comes first in the node file, so it is node 0; the batch script is task 1.
        Assert.Equal("n2/0.0#2 n2/0.1#3 n1/1.2#4 n1/1.3#5", Plan());
        Assert.Equal("n2/0.0#2 n1/1.2#3", Plan("-u"));
        Assert.Equal("n1/1.2#2", Plan("-h", "n1"));
        Assert.Equal("n1/1.3#2", Plan("-n", "3"));
        Assert.Equal("n2/0.0#2 n2/0.1#3 n1/1.2#4 n1/1.3#5 n2/0.0#6", Plan("-c", "5"));
        Assert.Equal("n2/0.0#2 n1/1.2#3 n2/0.0#4", Plan("-u", "-c3"));
    }

    [Fact]
    public void What_there_is_not_is_named()
    {
        Assert.Contains("this job has 0 to 3", Assert.Throws<CommandFailure>(() => Plan("-n", "4")).Message, StringComparison.Ordinal);
        Assert.Contains("n2 n1", Assert.Throws<CommandFailure>(() => Plan("-h", "n3")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_programs_options_are_its_own()
    {
        var options = PbsdshOptions.Read(["-v", "-c", "2", "ls", "-u", "-c"], TextWriter.Null);
        Assert.Equal((true, false, 2), (options.IsVerbose, options.OncePerHost, options.Copies));
        Assert.Equal(["ls", "-u", "-c"], options.Program);
        Assert.Equal(["-x"], PbsdshOptions.Read(["--", "-x"], TextWriter.Null).Program);
    }

    [Fact]
    public void A_task_begins_in_the_home_directory_and_knows_its_numbers() => Assert.Equal(
        "export PBS_NODENUM=1 PBS_VNODENUM=2 PBS_TASKNUM=4; cd \"$HOME\"; exec 'echo' 'it'\\''s'",
        PbsdshCommand.CommandLine(new SlotTask("n1", 1, 2, 4), ["echo", "it's"]));

    [Fact]
    public void Outside_of_a_job_it_says_so() =>
        Assert.Equal((1, "", "pbsdsh: not executing under PBS\n"), new CommandBench().Run("pbsdsh", "hostname"));
}
