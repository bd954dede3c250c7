using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Documents;

/// <summary>Documents followed literally, from the first command to the last.</summary>
public sealed class GuideTests
{
    /// <summary>All with commands in them.</summary>
    public static TheoryData<string> Documents => [.. Directory.EnumerateFiles(Sources, "*.md")
        .Concat(Rooms.SelectMany(r => Directory.EnumerateFiles(Path.Combine(Sources, r), "*.md", SearchOption.AllDirectories)))
        .Where(d => Guide.Read(File.ReadAllText(d)).Count > 0).Select(d => Path.GetRelativePath(Sources, d)).Order(StringComparer.Ordinal)];

    private static readonly string[] Rooms = ["docs", "core", "frameworks", "workloads", "tests"];

    private static string Sources => Path.GetDirectoryName(Programs.Bin)!;

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_command_of_a_document_does_what_the_document_shows(string document)
    {
        var steps = Guide.Read(await File.ReadAllTextAsync(Path.Combine(Sources, document), TestContext.Current.CancellationToken));
        Assert.Empty(NotRun.Stale(document, steps));
        await using var reader = new GuideReader();
        await reader.Follow(document, [.. steps.Where(s => !NotRun.Has(document, s))]);
    }

    [Fact]
    public void A_document_is_read_as_its_reader_does_it()
    {
        var steps = Guide.Read("""
            ```console
            $ echo a \
              b
            a b
            $ false      # exit code 1
            ```
            ```python map.py
            import sys
            ```
            ```csharp
            case 1:
            ```
            """);
        Assert.Equal([(2, "echo a \\\n  b", 0), (5, "false      # exit code 1", 1), (7, "cat >'map.py' <<'END-OF-FILE'\nimport sys\nEND-OF-FILE", 0)],
            steps.Select(s => (s.Line, s.Command, s.ExitCode)));
        Assert.Equal([["a b"], [], []], steps.Select(s => s.Shown));
    }

    [Theory]
    [InlineData("rank 0 of 6 on node1|…", "rank 1 of 6 on node2|rank 0 of 6 on node1", true)]
    [InlineData("0.vm", "17.elsewhere", true)]
    [InlineData("a  b", "a b", true)]
    [InlineData("a … c", "a b b c", true)]
    [InlineData("a|…|b", "a|b", true)]
    [InlineData("hello", "hallo", false)]
    [InlineData("hello", "hello|error", false)]
    [InlineData("exit code 3", "exit code", false)]
    public void Numbers_and_names_with_numbers_may_be_others_than_the_document_shows_and_words_may_not(string shown, string output, bool fits) =>
        Assert.Equal(fits, ShownOutput.IsThatOf(shown.Split('|'), output.Replace('|', '\n')));
}
