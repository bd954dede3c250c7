using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Agora.Daemon.Fetching;
using Xunit;

namespace Agora.Tests.Fast.Daemon;

public sealed class ArchiveTests : IDisposable
{
    private const int UnixModeShift = 16;

    private readonly TemporaryDirectory _directory = new();
    private readonly string _sandbox;

    public ArchiveTests() => _sandbox = _directory.MakeDirectory("sandbox");

    public void Dispose() => _directory.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task Extract(string archive, FetcherOptions? options = null)
    {
        using var fetcher = new Fetcher(options ?? new FetcherOptions { CacheDirectory = _directory["cache"] });
        await fetcher.Fetch([new Artifact(archive, Extract: true)], _sandbox, Token);
    }

    private async Task<string> Refusal(string archive, FetcherOptions? options = null) =>
        (await Assert.ThrowsAsync<FetchException>(() => Extract(archive, options))).Message;

    private string Tar(string name, params TarEntry[] entries)
    {
        using var file = File.Create(_directory[name]);
        using Stream stream = name.EndsWith(".tar", StringComparison.Ordinal) ? file
            : new GZipStream(file, CompressionMode.Compress);
        using var tar = new TarWriter(stream);
        foreach (var entry in entries)
            tar.WriteEntry(entry);
        return _directory[name];
    }

    private static PaxTarEntry TarFile(string name, string content) =>
        new(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
            Mode = (UnixFileMode)0x1ED
        };

    private static PaxTarEntry TarLink(string name, string target, TarEntryType kind = TarEntryType.SymbolicLink) =>
        new(kind, name) { LinkName = target };

    private string Zip(params (string Name, string Content, int Mode)[] entries)
    {
        using var zip = ZipFile.Open(_directory["a.zip"], ZipArchiveMode.Create);
        foreach (var (name, content, mode) in entries)
        {
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = mode << UnixModeShift;
            using var writer = new StreamWriter(entry.Open());
            writer.Write(content);
        }
        return _directory["a.zip"];
    }

    private string Content(string name) => File.ReadAllText(Path.Combine(_sandbox, name));

    [Theory]
    [InlineData("a.tar")]
    [InlineData("a.tar.gz")]
    [InlineData("a.tgz")]
    public async Task A_tar_is_unpacked_with_modes_and_links_and_is_not_left_there(string name)
    {
        var link = TarLink("bin/latest", "../lib/code");
        await Extract(Tar(name, link, TarFile("./lib/code", "run"),
            TarLink("copy", "lib/code", TarEntryType.HardLink)));
        Assert.Equal("run", Content("lib/code"));
        Assert.Equal("run", Content("bin/latest"));
        Assert.Equal("run", Content("copy"));
        Assert.True(TemporaryDirectory.IsExecutable(Path.Combine(_sandbox, "lib/code")));
        Assert.False(File.Exists(Path.Combine(_sandbox, name)));
    }

    [Fact]
    public async Task A_zip_is_unpacked_with_modes_and_links()
    {
        await Extract(Zip(("dir/", "", 0), ("dir/tool", "tool", 0x81ED), ("dir/plain", "plain", 0),
            ("now", "dir/tool", 0xA1FF)));
        Assert.Equal("tool", Content("now"));
        Assert.True(TemporaryDirectory.IsExecutable(Path.Combine(_sandbox, "dir/tool")));
        Assert.Equal("plain", Content("dir/plain"));
    }

    [Theory]
    [InlineData("../evil", "leads out")]
    [InlineData("a/../../evil", "leads out")]
    [InlineData("a/..", "leads out")]
    [InlineData("/tmp/agora-evil", "absolute")]
    public async Task An_entry_that_leads_out_is_refused(string name, string why)
    {
        Assert.Contains(why, await Refusal(Tar("a.tar", TarFile(name, "x"))), StringComparison.Ordinal);
        Assert.Contains(why, await Refusal(Zip((name, "x", 0))), StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["evil"]) || File.Exists("/tmp/agora-evil"));
    }

    [Theory]
    [InlineData("l", "/etc")]
    [InlineData("l", "..")]
    [InlineData("a/l", "../../x")]
    [InlineData("a/l", "b/../../../x")]
    public async Task A_link_that_leads_out_is_refused(string name, string target)
    {
        Assert.Contains("outside the sandbox", await Refusal(Tar("a.tar", TarLink(name, target))),
            StringComparison.Ordinal);
        Assert.Contains("outside the sandbox", await Refusal(Zip((name, target, 0xA1FF))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_leads_out_through_another_is_refused_and_both_are_removed()
    {
        var message = await Refusal(Tar("a.tar", TarLink("here", "."), TarLink("up", "here/../x"),
            TarFile("deep/f", "x"),
            TarLink("deep/root", ".."), TarLink("out", "deep/root/../../etc")));
        Assert.Contains("outside the sandbox", message, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(_sandbox, "here")));
        Assert.False(Path.Exists(Path.Combine(_sandbox, "out")));
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_of_the_archive_or_of_an_earlier_one()
    {
        var outside = _directory.MakeDirectory("outside");
        await Refusal(Tar("a.tar", TarLink("l", outside), TarFile("l/f", "x")));
        Assert.Empty(Directory.GetFileSystemEntries(outside));

        File.CreateSymbolicLink(Path.Combine(_sandbox, "planted"), outside);
        Assert.Contains("planted", await Refusal(Tar("b.tar", TarFile("planted/f", "x"))), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(outside));

        File.CreateSymbolicLink(Path.Combine(_sandbox, "f"), Path.Combine(outside, "f"));
        await Extract(Tar("c.tar", TarFile("f", "mine")));
        Assert.Equal("mine", Content("f"));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_hard_link_to_what_is_not_in_the_sandbox_is_refused() =>
        Assert.Contains("which is not there",
            await Refusal(Tar("a.tar", TarLink("h", "etc/passwd", TarEntryType.HardLink))), StringComparison.Ordinal);

    [Fact]
    public async Task Devices_and_pipes_are_refused() =>
        Assert.Contains("only files, directories and links",
            await Refusal(Tar("a.tar", new PaxTarEntry(TarEntryType.Fifo, "pipe"))), StringComparison.Ordinal);

    [Fact]
    public async Task A_damaged_archive_and_an_unknown_kind_are_told()
    {
        Assert.Contains("damaged", await Refusal(_directory.Write("bad.zip", "no zip")), StringComparison.Ordinal);
        Assert.Contains("damaged", await Refusal(_directory.Write("bad.tgz", "no tgz")), StringComparison.Ordinal);
        Assert.Contains("no known ending", await Refusal(_directory.Write("a.rar", "")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_beyond_the_limits_is_refused()
    {
        var options = new FetcherOptions
        {
            CacheDirectory = _directory["cache"],
            ArtifactBytesMax = 1 << 20,
            ArchiveEntriesMax = 3
        };
        var bomb = Tar("bomb.tgz", TarFile("zeros", new string('0', 2 << 20)));
        Assert.Contains("more than 1048576 bytes", await Refusal(bomb, options), StringComparison.Ordinal);
        var many = Tar("many.tar", [.. Enumerable.Range(0, 4).Select(i => TarFile($"f{i}", ""))]);
        Assert.Contains("more than 3 entries", await Refusal(many, options), StringComparison.Ordinal);
    }
}
