using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Fast.Repository;

/// <summary>What the documents name exists.</summary>
public partial class DocumentTests
{
    private const int ReadmeLinesMax = 40;

    /// <summary>What is in it is a document only where it has been made into a framework.</summary>
    private const string Template = "core/template/agora-framework/";

    [GeneratedRegex(@"\]\(([^)\s#]*)(#[^)\s]*)?\)")]
    private static partial Regex Link();

    [Fact]
    public void One_offer_can_be_followed_through_the_six_files_of_the_table()
    {
        var text = RepositoryRoot.Read("ARCHITECTURE.md");
        var heading = text.IndexOf("One offer in six files", StringComparison.Ordinal);
        Assert.True(heading >= 0, "ARCHITECTURE.md has no table 'One offer in six files'");
        // The first table after the heading: its rows but the two of its head.
        var rows = text[heading..].Split('\n').SkipWhile(l => !l.StartsWith('|')).TakeWhile(l => l.StartsWith('|'))
            .Skip(2).Select(l => l.Split('|').Select(c => c.Trim()).ToList()).ToList();
        Assert.Equal(["1", "2", "3", "4", "5", "6"], rows.Select(r => r[1]));
        foreach (var row in rows)
        {
            var (path, member) = (row[2].Trim('`'), row[3].Trim('`'));
            Assert.True(File.Exists(RepositoryRoot.Of(path)), $"hop {row[1]}: there is no {path}");
            Assert.True(Regex.IsMatch(RepositoryRoot.Read(path), $@"\b{Regex.Escape(member)}\b"), $"hop {row[1]}: {path} has no {member}");
        }
    }

    [Theory]
    [InlineData("core/model")]
    [InlineData("core/cluster")]
    [InlineData("core/election")]
    [InlineData("core/security")]
    [InlineData("core/sdk")]
    [InlineData("core/daemon")]
    [InlineData("core/simulation")]
    [InlineData("core/cli")]
    [InlineData("core/template")]
    [InlineData("core/web")]
    [InlineData("frameworks/hadoop")]
    [InlineData("frameworks/mpi")]
    [InlineData("frameworks/torque")]
    [InlineData("frameworks/torque/Mom")]
    [InlineData("workloads")]
    [InlineData("tests")]
    public void Every_room_has_a_readme_that_is_soon_read(string room)
    {
        var path = RepositoryRoot.Of(Path.Combine(room, "README.md"));
        Assert.True(File.Exists(path), $"{room} has no README.md");
        Assert.InRange(File.ReadAllLines(path).Length, 1, ReadmeLinesMax);
    }

    [Fact]
    public void Blocks_of_the_guides_say_what_is_in_them_so_that_commands_are_known_and_run()
    {
        var unclear = new List<string>();
        foreach (var document in RepositoryRoot.Files(".md").Where(d => d.StartsWith("docs/", StringComparison.Ordinal)
            || (Path.GetFileName(d) == "README.md" && !d.StartsWith(Template, StringComparison.Ordinal))))
        {
            var isInside = false;
            foreach (var (number, line) in RepositoryRoot.Read(document).Split('\n').Index())
            {
                var isFence = line.StartsWith("```", StringComparison.Ordinal);
                // A block by its indentation, or by a fence without a language.
                if (!isInside && (line.StartsWith("    ", StringComparison.Ordinal) || line == "```"))
                    unclear.Add($"{document}:{number + 1}: {line}");
                isInside ^= isFence;
            }
        }
        Assert.Empty(unclear);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = new List<string>();
        foreach (var document in RepositoryRoot.Files(".md"))
        {
            foreach (Match link in Link().Matches(RepositoryRoot.Read(document)))
            {
                var target = link.Groups[1].Value;
                if (target.Length == 0 || target.Contains(':', StringComparison.Ordinal))
                    continue;
                var path = Path.Combine(Path.GetDirectoryName(RepositoryRoot.Of(document))!, Uri.UnescapeDataString(target));
                if (!File.Exists(path) && !Directory.Exists(path))
                    broken.Add($"{document}: {target}");
            }
        }
        Assert.Empty(broken);
    }
}
