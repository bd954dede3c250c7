using Agora.Mpi.Launch;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public class ShellCommandLineTests
{
    [Theory]
    [InlineData("node1 hostname", "node1", "hostname", false)]
    [InlineData("-x node1 a b", "node1", "a b", false)]
    [InlineData("-n -q -T -t user@node1 a", "node1", "a", true)]
    [InlineData("-o StrictHostKeyChecking=no -p 22 -l me node1 a -n", "node1", "a -n", false)]
    [InlineData("-oBatchMode=no -qn node1 a", "node1", "a", true)]
    [InlineData("-p22 -lnobody node1 a", "node1", "a", false)]
    [InlineData("node1 -n -l me a -x", "node1", "a -x", true)]
    [InlineData("-n -- node1 -- exec perl -e 1", "node1", "exec perl -e 1", true)]
    [InlineData("node1", "node1", "", false)]
    public void Options_of_ssh_before_and_behind_the_host_are_no_words_of_the_command(string line, string host, string words, bool hasNoInput)
    {
        var call = ShellCommandLine.Parse(line.Split(' '))!;
        Assert.Equal((host, words, hasNoInput), (call.Host, string.Join(' ', call.Words), call.HasNoInput));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-l")]
    [InlineData("-n -l me")]
    public void Without_a_host_there_is_nothing_to_call(string line) =>
        Assert.Null(ShellCommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
