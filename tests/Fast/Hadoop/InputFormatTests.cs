using System.IO.Compression;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Service;
using Agora.Hadoop.Tasks;
using Agora.Hadoop.Tasks.Input;
using Agora.Storage;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class InputFormatTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("agora-formats").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("TextInputFormat", "a\tb\nc\n", "0=a\tb|4=c")]
    [InlineData("NLineInputFormat", "a\tb\nc\n", "0=a\tb|4=c")]
    [InlineData("KeyValueTextInputFormat", "a\tb\tc\nd\n", "a=b\tc|d=")]
    [InlineData("KeyValueTextInputFormat", "a:b\n", "a=b", "key.value.separator.in.input.line=:")]
    [InlineData("TextInputFormat", "a;;b\nc;;", "0=a|3=b\nc", "textinputformat.record.delimiter=;;")]
    [InlineData("StreamInputFormat", "x<d>1</d>y<d>\n2</d><d>open", "<d>1</d>=|<d>\n2</d>=",
        "stream.recordreader.begin=<d>", "stream.recordreader.end=</d>")]
    public void Formats_make_records_whichever_way_the_file_is_split(
        string format, string text, string records, params string[] properties)
    {
        var path = Path.Combine(_directory, "in");
        File.WriteAllText(path, text);
        for (var size = 1; size <= text.Length; size++)
        {
            List<string> found = [];
            for (var offset = 0; offset < text.Length; offset += size)
                found.AddRange(Read(path, offset, Math.Min(size, text.Length - offset), [$"mapred.input.format.class={format}", .. properties]));
            Assert.Equal(records, string.Join('|', found));
        }
    }

    [Theory]
    [InlineData("a.gz", "GzipCodec")]
    [InlineData("a.bz2", "BZip2Codec")]
    [InlineData("a.deflate", "DefaultCodec")]
    [InlineData("a.zst", "org.apache.hadoop.io.compress.ZStandardCodec")]
    public void Compressed_files_are_read_to_the_end_of_their_last_member(string name, string codec)
    {
        var path = Path.Combine(_directory, name);
        using (var file = File.Create(path))
        {
            foreach (var member in name == "a.deflate" ? ["one\ntwo\n"] : new[] { "one\n", "two\n" })
            {
                var packed = new MemoryStream();
                using (var pack = Codec.Pack(codec, packed))
                    pack.Write(Encoding.UTF8.GetBytes(member));
                file.Write(packed.ToArray());
            }
        }
        Assert.Equal(["0=one", "4=two"], Read(path, 0, new FileInfo(path).Length, []));
    }

    [Fact]
    public void Splits_of_so_many_lines_hold_them_whole_and_the_last_one_the_rest() =>
        Assert.Equal([(0L, 6L), (6, 5)], SplitPlan.CutByLines([new InputFile("in", 11, 100, [])], 2,
            _ => new MemoryStream("aa\nbb\ncc\ndd"u8.ToArray())).Select(s => (s.Offset, s.Length)));

    [Fact]
    public async Task An_archive_is_unpacked_beside_itself_and_a_broken_one_is_named()
    {
        var path = Path.Combine(_directory, "a.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("d/x").Open())
            entry.Write("x"u8);
        await Archive.UnpackAsync(path);
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(_directory, "d", "x"), TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(path, "no zip", TestContext.Current.CancellationToken);
        var e = await Assert.ThrowsAsync<AttemptFailedException>(() => Archive.UnpackAsync(path));
        Assert.Contains("the archive a.zip cannot be unpacked", e.Message, StringComparison.Ordinal);
    }

    private static List<string> Read(string path, long offset, long length, string[] properties)
    {
        var conf = new JobConf(properties.Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]));
        using var stores = new Stores(null, "ann");
        using var source = RecordSources.Open(conf, new InputSplit($"file:{path}", offset, length, [], 0), stores, RecordForm.Text);
        List<string> records = [];
        while (source.Next())
            records.Add($"{Encoding.UTF8.GetString(source.Key)}={Encoding.UTF8.GetString(source.Value)}");
        return records;
    }
}
