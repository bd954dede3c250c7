using Agora.Torque.Cli;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class GetoptTests
{
    private static (string Options, IReadOnlyList<string> Operands, IReadOnlyList<string>? Behind, string Errors) Read(params string[] arguments)
    {
        var errors = new StringWriter();
        var getopt = new Getopt("qsub", "N:zhl:", arguments, errors);
        var read = "";
        while (getopt.Next(out var option, out var argument))
            read += $"{option}{(argument.Length > 0 ? $"={argument}" : "")} ";
        return (read.TrimEnd(), getopt.Operands, getopt.Rest, errors.ToString());
    }

    [Fact]
    public void Letters_may_be_glued_to_each_other_and_to_their_arguments()
    {
        Assert.Equal("z h N=name", Read("-zhNname").Options);
        Assert.Equal("N=name l=nodes=2", Read("-N", "name", "-lnodes=2").Options);
    }

    [Fact]
    public void Operands_may_stand_before_options()
    {
        var (options, operands, _, _) = Read("s.sh", "-N", "x", "-z");
        Assert.Equal("N=x z", options);
        Assert.Equal(["s.sh"], operands);
    }

    [Fact]
    public void A_dash_is_an_operand_and_two_end_the_options()
    {
        var (options, operands, rest, _) = Read("-", "-z", "--", "-N", "x");
        Assert.Equal("z", options);
        Assert.Equal(["-"], operands);
        Assert.Equal(["-N", "x"], rest);
    }

    [Fact]
    public void What_is_wrong_is_said_in_the_words_that_scripts_know()
    {
        Assert.Equal(("? z", "qsub: invalid option -- 'Q'\n"), (Read("-Qz").Options, Read("-Qz").Errors));
        Assert.Equal(("?", "qsub: option requires an argument -- 'N'\n"), (Read("-N").Options, Read("-N").Errors));
    }
}
