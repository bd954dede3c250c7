using System.IO.Compression;
using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class FileTests : IDisposable
{
    private readonly InProcess _spark = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("spark-files-").FullName;

    private SparkContext Sc => _spark.Context;

    public void Dispose()
    {
        _spark.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Of(string name) => Path.Combine(_directory, name);

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Of(name))!);
        File.WriteAllText(Of(name), text);
        return Of(name);
    }

    [Fact]
    public void Wherever_a_file_is_cut_each_line_is_read_once()
    {
        var name = Write("in", "one\ntwo\r\n\nthree\rfour\r\n\r\nlast ä€𝄞");
        string[] lines = ["one", "two", "", "three", "four", "", "last ä€𝄞"];
        for (var parts = 1; parts <= 50; parts++)
            Assert.Equal(lines, Sc.TextFile(name, parts).Collect());
        Assert.True(Sc.TextFile(name, 50).PartitionCount > 20);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_line()
    {
        File.WriteAllBytes(Of("in"), [0xEF, 0xBB, 0xBF, (byte)'a', (byte)'\n', (byte)'b']);
        for (var parts = 1; parts <= 6; parts++)
            Assert.Equal(["a", "b"], Sc.TextFile(Of("in"), parts).Collect().Where(l => l.Length > 0));
    }

    [Fact]
    public void Lines_longer_than_a_buffer_are_read()
    {
        var name = Write("in", new string('x', 700_000) + "\n" + new string('y', 300_000) + "\nz");
        Assert.Equal([700_000, 300_000, 1], Sc.TextFile(name, 4).Map(l => l.Length).Collect());
    }

    [Fact]
    public void Directories_patterns_and_lists_name_files()
    {
        Write("d/a.txt", "a\n");
        Write("d/b.txt", "b\n");
        Write("d/_hidden", "h\n");
        Write("d/.crc", "h\n");
        Write("d/empty", "");
        Write("e/c.log", "c\n");
        Assert.Equal(["a", "b"], Sc.TextFile(Of("d")).Collect());
        Assert.Equal(["a", "b"], Sc.TextFile(Of("d/*.txt")).Collect());
        Assert.Equal(["b", "c"], Sc.TextFile(Of("d/b.txt") + "," + Of("e")).Collect());
        Assert.Equal(["a", "c"], Sc.TextFile(Of("{d/a.txt,e/c.log}")).Collect());
        Assert.Equal(["a", "b", "c"], Sc.TextFile("file://" + Of("[de]")).Collect());
    }

    [Fact]
    public void What_is_not_there_is_an_error_of_the_users_line()
    {
        var missing = Assert.Throws<SparkException>(() => Sc.TextFile(Of("none")).Map(l => l).Count());
        Assert.Matches("the input path '.*none' of TextFile at FileTests.cs:[0-9]+ does not exist", missing.Message);
        Assert.Contains("matches nothing", Assert.Throws<SparkException>(() => Sc.TextFile(Of("*.no")).Count()).Message, StringComparison.Ordinal);
        Assert.Contains("'ftp'", Assert.Throws<SparkException>(() => Sc.TextFile("ftp://x/y").Count()).Message, StringComparison.Ordinal);
        Write("d/inner/x", "x");
        Assert.Contains("has a directory in it, inner", Assert.Throws<SparkException>(() => Sc.TextFile(Of("d")).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_come_into_being_after_the_dataset_that_reads_it()
    {
        var rdd = Sc.TextFile(Of("later"));
        Write("later", "x");
        Assert.Equal(["x"], rdd.Collect());
    }

    [Fact]
    public void Text_is_written_a_file_for_each_partition_and_read_again()
    {
        Sc.Parallelize([1, 2, 3], 2).SaveAsTextFile(Of("out"));
        Assert.Equal(["_SUCCESS", "part-00000", "part-00001"], Directory.EnumerateFileSystemEntries(Of("out")).Select(Path.GetFileName).Order());
        Assert.Equal("2\n3\n", File.ReadAllText(Of("out/part-00001")));
        Assert.Equal(["1", "2", "3"], Sc.TextFile(Of("out")).Collect());
        Sc.EmptyRDD<int>().SaveAsTextFile(Of("empty"));
        Assert.True(File.Exists(Of("empty/_SUCCESS")));
    }

    [Theory]
    [InlineData(Compression.GZip, ".gz")]
    [InlineData(Compression.Deflate, ".deflate")]
    [InlineData(Compression.Brotli, ".br")]
    public void Compressed_text_is_told_by_its_suffix(Compression compression, string suffix)
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(i => $"line {i % 10}")];
        Sc.Parallelize(lines, 2).SaveAsTextFile(Of("out"), compression);
        var part = Of("out/part-00000" + suffix);
        Assert.True(new FileInfo(part).Length < 2000);
        Assert.Equal(lines, Sc.TextFile(Of("out"), 8).Collect());
        // Not cut: there is no place inside to begin at.
        Assert.Equal(1, Sc.TextFile(part, 8).PartitionCount);
    }

    [Fact]
    public void Gzip_members_one_after_another_are_one_text()
    {
        using (var file = File.Create(Of("in.gz")))
            foreach (var text in new[] { "a\nb", "c\nd\n" })
                using (var member = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true))
                    member.Write(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(["a", "bc", "d"], Sc.TextFile(Of("in.gz")).Collect());
        Write("in.bz2", "BZh9");
        Assert.Contains("not known here", Assert.Throws<SparkException>(() => Sc.TextFile(Of("in.bz2")).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_never_replaces_what_is_there()
    {
        Write("out/x", "mine");
        var error = Assert.Throws<SparkException>(() => Sc.Parallelize([1]).SaveAsTextFile(Of("out")));
        Assert.Matches("exists already; delete it, or name another", error.Message);
        Assert.Equal("mine", File.ReadAllText(Of("out/x")));
    }

    [Fact]
    public void A_job_that_fails_leaves_no_output()
    {
        var rdd = Sc.Parallelize([1, 0], 2).Map(x => 1 / x);
        Assert.Throws<SparkException>(() => rdd.SaveAsTextFile(Of("out")));
        Assert.False(Directory.Exists(Of("out")));
    }

    [Fact]
    public void Records_are_written_as_they_are_and_read_with_as_many_partitions()
    {
        var rdd = Sc.Parallelize<(string Name, double[] Values)>([("a", [1, 2]), ("b", []), ("c", [3])], 3);
        rdd.SaveAsObjectFile(Of("out"));
        var read = Sc.ObjectFile<(string Name, double[] Values)>(Of("out"));
        Assert.Equal(3, read.PartitionCount);
        Assert.Equal(["a:1,2", "b:", "c:3"], read.Map(r => $"{r.Name}:{string.Join(',', r.Values)}").Collect());
    }

    [Fact]
    public void Whole_files_are_records_with_their_names()
    {
        Write("d/a", "x\ny");
        Write("d/b", "");
        Assert.Equal([("a", "x\ny"), ("b", "")], Sc.WholeTextFiles(Of("d")).Map(f => (Path.GetFileName(f.Path), f.Content)).Collect());
        Assert.Equal([3, 0], Sc.BinaryFiles(Of("d")).Map(f => f.Content.Length).Collect());
        Assert.StartsWith("file:/", Sc.BinaryFiles(Of("d")).First().Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_is_read_instead_of_computing_and_has_no_lineage()
    {
        Sc.SetCheckpointDir(Of("checkpoints"));
        var computed = Sc.LongAccumulator();
        var rdd = Sc.Parallelize([1, 2, 3], 2).Map(x => { computed.Add(1); return x * 2; }).Map(x => x + 1);
        rdd.Checkpoint();
        Assert.False(rdd.IsCheckpointed);
        Assert.Equal([3, 5, 7], rdd.Collect());
        Assert.True(rdd.IsCheckpointed);
        // The action and the checkpoint's own job.
        Assert.Equal(6, computed.Value);
        Assert.Equal([4, 6, 8], rdd.Map(x => x + 1).Collect());
        Assert.Equal(6, computed.Value);
        Assert.Equal(2, rdd.ToDebugString().Split('\n').Length);
        Assert.Contains("ReliableCheckpointRDD", rdd.ToDebugString(), StringComparison.Ordinal);
        Assert.True(File.Exists(rdd.GetCheckpointFile() + "/part-00001"));
    }

    [Fact]
    public void A_checkpoint_needs_a_directory() =>
        Assert.Contains("SetCheckpointDir", Assert.Throws<SparkException>(() => Sc.Parallelize([1]).Checkpoint()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_local_checkpoint_lives_by_what_executors_keep()
    {
        var rdd = Sc.Parallelize([1, 2], 2).Map(x => x + 1).LocalCheckpoint();
        Assert.Equal([2], rdd.Take(1));
        Assert.True(rdd.IsCheckpointed);
        Assert.Equal([2, 3], rdd.Collect());
        _spark.Lose(new BlockId(rdd.Id, 1));
        Assert.Contains("is lost: it was checkpointed on executors alone", Assert.Throws<SparkException>(() => rdd.Collect()).Message, StringComparison.Ordinal);
    }
}
