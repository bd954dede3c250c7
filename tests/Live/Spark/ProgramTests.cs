using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Spark;

/// <summary>The same program files run in one process and on clusters.</summary>
[Collection(SharedSparkCluster.Name)]
public sealed class ProgramTests(SparkCluster cluster)
{
    private static readonly string Text = Path.GetFullPath(Path.Combine(Programs.Bin, "..", "ARCHITECTURE.md"));

    public static TheoryData<string, string> Papers => new()
    {
        { "local[1]", "pi 20000 3" },
        { "local[*]", "pi 20000 3" },
        { "agora", "pi 20000 3" },
        { "local[2]", $"wordcount {Text}" },
        { "agora", $"wordcount file://{Text}" },
        { "local[2]", "lr 2000 5 4 4" },
        { "agora", "lr 2000 5 4 4" },
        { "local[2]", "kmeans 2000 3 4 4" },
        { "agora", "kmeans 2000 3 4 4" },
        { "local[2]", "als 30 40 4 2 4" },
        { "agora", "als 30 40 4 2 4" },
        { "local[2]", "pagerank 100 400 3 4" },
        { "agora", "pagerank 100 400 3 4" },
        { "local[2]", "closure 30 40 4" },
        { "agora", "closure 30 40 4" },
    };

    [Theory]
    [MemberData(nameof(Papers))]
    public async Task A_program_of_the_papers_gives_what_plain_code_gives(string master, string line)
    {
        var words = line.Split(' ');
        var finished = await SparkProgram.Submit(cluster, master, SparkProgram.Papers, [words[0], "--check", .. words[1..]]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("the same as computed plainly", finished.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local[2]")]
    [InlineData("agora")]
    public async Task Functions_of_the_catalogue_run_in_other_processes_and_others_are_refused(string master)
    {
        var finished = await SparkProgram.Submit(cluster, master, SparkProgram.Path, "closures");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        var lines = finished.Text.TrimEnd('\n').Split('\n');
        Assert.DoesNotContain(lines, l => !l.StartsWith("ok ", StringComparison.Ordinal) && !l.StartsWith("refused ", StringComparison.Ordinal));
        Assert.True(lines.Length > 40, finished.Text);
    }

    [Theory]
    [InlineData("local[1]")]
    [InlineData("local[*]")]
    [InlineData("agora")]
    public async Task Random_chains_of_transformations_give_what_lists_give(string master)
    {
        var finished = await SparkProgram.Submit(cluster, master, SparkProgram.Path, "chains", "1", "40");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal("40 chains\n", finished.Text);
    }

    [Theory]
    [InlineData("local[2]")]
    [InlineData("agora")]
    public async Task A_file_that_is_sent_along_is_there_for_tasks(string master)
    {
        var file = Path.Combine(cluster.Home, "greeting.txt");
        await File.WriteAllTextAsync(file, "hello from a file\n", TestContext.Current.CancellationToken);
        using var program = SparkProgram.Start(cluster, master, SparkProgram.Path, ["files", "greeting.txt"], "--files", file);
        var finished = await Programs.EndOf(program);
        Assert.True(finished is { ExitCode: 0, Text: "2 hello from a file\n" }, finished.ToString());
    }

    [Theory]
    [InlineData("local[2]")]
    [InlineData("agora")]
    public async Task A_mistake_is_told_in_the_users_words_and_the_application_goes_on(string master)
    {
        var finished = await SparkProgram.Submit(cluster, master, SparkProgram.Path, "mistakes");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        var told = finished.Text.TrimEnd('\n').Split('\n').Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1]);
        Assert.Contains("'writer'", told["closure"], StringComparison.Ordinal);
        Assert.Contains("DivideByZero", told["map"], StringComparison.Ordinal);
        Assert.Contains("Mistakes.cs:", told["map"], StringComparison.Ordinal);
        Assert.Contains("record 42", told["map"], StringComparison.Ordinal);
        Assert.Contains("cannot add 99", told["combine"], StringComparison.Ordinal);
        Assert.Contains("no partition for ", told["partitioner"], StringComparison.Ordinal);
        Assert.Contains("Stubborn", told["type"], StringComparison.Ordinal);
        Assert.Contains("/no/such/file", told["input"], StringComparison.Ordinal);
        Assert.Contains("inside another's function", told["action"], StringComparison.Ordinal);
        Assert.Contains("empty collection", told["empty"], StringComparison.Ordinal);
        Assert.StartsWith("SparkException: ", told["level"], StringComparison.Ordinal);
        Assert.Contains("array", told["arrays"], StringComparison.Ordinal);
        Assert.Contains("stopped", told["stopped"], StringComparison.Ordinal);
        Assert.Equal("100", told["count"]);
    }
}
