using Agora.Spark.Submit;
using Xunit;

namespace Agora.Tests.Fast.Spark.Submit;

/// <summary>The command line of spark-submit.</summary>
public class SubmissionTests
{
    [Fact]
    public void Options_come_before_the_program_and_all_behind_it_is_the_programs()
    {
        var submission = Submission.Parse(["--master", "local[2]", "--name=my job", "--total-executor-cores", "3", "--conf", "spark.locality.wait=1s",
            "App.dll", "--master", "x", "-v"]);
        Assert.Equal("App.dll", submission.Application);
        Assert.Equal(["--master", "x", "-v"], submission.Arguments);
        Assert.Equal(["spark.app.name=my job", "spark.cores.max=3", "spark.locality.wait=1s", "spark.master=local[2]"],
            submission.Properties.Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
        Assert.False(submission.IsVerbose);
    }

    [Theory]
    [InlineData("--mastr local App.dll", "Unrecognized option '--mastr'.")]
    [InlineData("--master", "Missing argument for option '--master'.")]
    [InlineData("--conf nothing App.dll", "Spark config without '=': nothing")]
    [InlineData("--deploy-mode cluster App.dll", "--deploy-mode cluster cannot be honoured")]
    [InlineData("--jars a.jar App.dll", "--jars cannot be honoured")]
    [InlineData("--supervise App.dll", "--supervise cannot be honoured")]
    public void What_is_not_known_or_cannot_be_done_is_refused(string line, string message) =>
        Assert.StartsWith(message, Assert.Throws<SubmitException>(() => Submission.Parse(line.Split(' '))).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_that_mean_nothing_here_are_taken_and_told_of()
    {
        var submission = Submission.Parse(["--class", "Main", "--num-executors", "4", "App.dll"]);
        Assert.Equal("App.dll", submission.Application);
        Assert.Equal(2, submission.Ignored.Count);
        Assert.Empty(submission.Properties);
    }

    [Theory]
    [InlineData("512m", 512L << 20)]
    [InlineData("2g", 2L << 30)]
    [InlineData("1024", 1024L << 20)]
    [InlineData("1GB", 1L << 30)]
    public void Sizes_are_Sparks(string text, long bytes) => Assert.Equal(bytes, Launch.BytesOf(text));

    [Theory]
    [InlineData("0g")]
    [InlineData("much")]
    [InlineData("1x")]
    public void What_is_no_size_is_refused(string text) => Assert.Throws<SubmitException>(() => Launch.BytesOf(text));

    [Fact]
    public void A_file_of_properties_may_use_blanks_equals_signs_and_colons()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "# comment\nspark.master   local[4]\nspark.a=b c\n\nspark.d: e\n! other comment\nspark.empty\n");
        Assert.Equal(["spark.a=b c", "spark.d=e", "spark.empty=", "spark.master=local[4]"],
            PropertiesFile.Read(path).Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal));
        File.Delete(path);
    }

    [Fact]
    public void A_library_or_nothing_at_all_is_not_run()
    {
        Assert.Contains("does not exist", Assert.Throws<SubmitException>(() => Launch.CommandOf("nowhere.dll", [])).Message, StringComparison.Ordinal);
        Assert.Contains("is a library", Assert.Throws<SubmitException>(() => Launch.CommandOf(typeof(Submission).Assembly.Location.Replace("spark-submit", "Agora.Model"), [])).Message, StringComparison.Ordinal);
    }
}
