using Xunit;

namespace Agora.Tests.Fast.Repository;

public class SourceTests
{
    /// <summary>Past the first, look for the piece that wants its own name; past the second, the piece is overdue.</summary>
    private const int LinesYardstick = 500, LinesMax = 600;

    [Fact]
    public void Nothing_is_left_for_later_in_the_code()
    {
        // In two parts, or this file would be found.
        string[] marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];
        Assert.Empty(from file in RepositoryRoot.Files(".cs")
                     let text = RepositoryRoot.Read(file)
                     from mark in marks
                     where text.Contains(mark, StringComparison.Ordinal)
                     select $"{file}: {mark}");
    }

    [Fact]
    public void No_file_outgrows_its_reader()
    {
        var lengths = RepositoryRoot.Files(".cs").Select(f => (File: f, Lines: File.ReadLines(RepositoryRoot.Of(f)).Count())).ToList();
        foreach (var (file, lines) in lengths.Where(l => l.Lines is > LinesYardstick and <= LinesMax))
            TestContext.Current.AddWarning($"{file} has {lines} lines, more than the yardstick of {LinesYardstick}");
        Assert.DoesNotContain(lengths, l => l.Lines > LinesMax);
    }
}
