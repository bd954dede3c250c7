using System.Text;
using Agora.Mpi.Launch;
using Agora.Tests.Fast.Daemon;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public sealed class FlavourDetectionTests
{
    [Theory]
    [InlineData("libmpich.so.12", "Mpich")]
    [InlineData("libmpi.so.12", "Mpich")]
    [InlineData("libmpi.so.40", "OpenMpi")]
    [InlineData("libmpi.so.20", "OpenMpi")]
    [InlineData("libmpi.so", null)]
    [InlineData("libmpich.so.12 or libmpi.so.40", null)]
    [InlineData("nothing of the kind", null)]
    public void A_program_that_names_one_library_is_that_librarys(string text, string? flavour)
    {
        using var directory = new TemporaryDirectory();
        var script = directory.Write("script", $"#!/bin/sh\nexec something {text}\n");
        Assert.Equal(flavour, FlavourDetection.Of(script, [script])?.ToString());
    }

    [Fact]
    public void A_script_after_its_interpreter_is_looked_into()
    {
        using var directory = new TemporaryDirectory();
        var script = directory.Write("job.py", "ctypes.CDLL('libmpich.so.12')\n");
        Assert.Equal(MpiFlavour.Mpich, FlavourDetection.Of("/bin/sh", ["/bin/sh", "-u", script]));
        Assert.Null(FlavourDetection.Of("/bin/sh", ["/bin/sh", "-c", "true"]));
    }

    /// <summary>.NET keeps its strings in UTF-16, in a file beside the program that starts it.</summary>
    [Fact]
    public void The_assembly_beside_a_NET_program_is_looked_into_also_behind_a_link()
    {
        using var directory = new TemporaryDirectory();
        var program = directory.Write("pi", "#!/bin/sh\n");
        File.WriteAllBytes(directory["pi.dll"], Encoding.Unicode.GetBytes("\u4711libmpi.so.40"));
        Assert.Equal(MpiFlavour.OpenMpi, FlavourDetection.Of(program, [program]));
        var link = directory["link"];
        File.CreateSymbolicLink(link, program);
        Assert.Equal(MpiFlavour.OpenMpi, FlavourDetection.Of(link, [link]));
    }

    [Fact]
    public void A_program_of_this_machine_that_knows_no_MPI_is_neither()
    {
        Assert.Null(FlavourDetection.Of("/bin/sh", ["/bin/sh"]));
        using var directory = new TemporaryDirectory();
        var empty = directory.Write("empty", "");
        Assert.Null(FlavourDetection.Of(empty, [empty]));
    }
}
