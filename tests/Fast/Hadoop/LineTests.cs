using System.Buffers;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;
using Agora.Storage;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class LineTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    /// <summary>Texts made of the bytes that matter.</summary>
    private static readonly Gen<byte[]> Texts = Gen.Int[0, 5].Select(i => "\n\ra\t\0\u00ff"u8[i]).Array[0, 60];

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("", "")]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("lone\rcr\tafter\n", "lone|cr\tafter")]
    [InlineData("\n\r\n\r", "||")]
    [InlineData("a\n\r", "a|")]
    public void Lines_end_at_LF_CR_LF_or_a_lone_CR(string text, string lines) =>
        Assert.Equal(lines, string.Join('|', Read(new MemoryStream(Encoding.UTF8.GetBytes(text)))));

    [Fact]
    public void Lines_are_the_same_however_the_stream_cuts_them() =>
        Gen.Select(Texts, Gen.Int[1, 7]).Sample((text, step) =>
            Read(new MemoryStream(text)).SequenceEqual(Read(new Trickle(text, step))));

    [Fact]
    public void The_lines_of_all_splits_are_the_lines_of_the_file() =>
        Gen.Select(Texts, Gen.Int[1, 20]).Sample((text, size) =>
        {
            File.WriteAllBytes(_file, text);
            List<string> bySplits = [];
            for (var offset = 0; offset < text.Length; offset += size)
            {
                using var reader = new SplitReader(new StoredPath(new LocalFiles(), _file),
                    new InputSplit(_file, offset, Math.Min(size, text.Length - offset), [], 0));
                while (reader.Next())
                    bySplits.Add(Convert.ToHexString(reader.Line));
            }
            return bySplits.SequenceEqual(Read(new MemoryStream(text), hex: true));
        }, threads: 1);

    [Fact]
    public void The_blocks_of_all_splits_are_the_lines_of_the_file_each_ended_by_LF() =>
        Gen.Select(Texts, Gen.Int[1, 20]).Sample((text, size) =>
        {
            File.WriteAllBytes(_file, text);
            var blocks = new MemoryStream();
            var counted = 0L;
            for (var offset = 0; offset < text.Length; offset += size)
            {
                using var reader = new SplitReader(new StoredPath(new LocalFiles(), _file),
                    new InputSplit(_file, offset, Math.Min(size, text.Length - offset), [], 0));
                while (reader.NextLines(out var block, out var lines))
                {
                    blocks.Write(block);
                    counted += lines;
                }
            }
            var expected = Read(new MemoryStream(text), hex: true);
            return counted == expected.Count &&
                string.Concat(expected.Select(l => $"{l}0A")) == Convert.ToHexString(blocks.ToArray());
        }, threads: 1);

    [Theory]
    [InlineData("a\tb\tc", "\t", 1, "a", "b\tc")]
    [InlineData("a\tb\tc", "\t", 2, "a\tb", "c")]
    [InlineData("notab", "\t", 1, "notab", "")]
    [InlineData("a\tb", "\t", 2, "a\tb", "")]
    [InlineData("", "\t", 1, "", "")]
    [InlineData("\tv", "\t", 1, "", "v")]
    [InlineData("11.12.1.2", ".", 2, "11.12", "1.2")]
    [InlineData("a::b", "::", 1, "a", "b")]
    public void A_line_is_cut_at_the_nth_separator(string line, string separator, int fields, string key, string value)
    {
        new KeyValueSplit(separator, fields).Cut(Encoding.UTF8.GetBytes(line), out var k, out var v);
        Assert.Equal((key, value), (Encoding.UTF8.GetString(k), Encoding.UTF8.GetString(v)));
    }

    [Theory]
    [InlineData("tr -cs A-Za-z '\\n'", "tr|-cs|A-Za-z|\\n")]
    [InlineData("a'b c'd", "a|b c|d")]
    [InlineData("sh -c 'x | \"y\"'", "sh|-c|x | \"y\"")]
    [InlineData("  two   blanks ''  ", "two|blanks")]
    [InlineData("tab\tstays", "tab\tstays")]
    [InlineData("back\\ slash", "back\\|slash")]
    public void A_command_is_split_as_Hadoop_does_and_not_as_a_shell_does(string command, string words) =>
        Assert.Equal(words, string.Join('|', CommandLineSplit.Words(command)));

    [Fact]
    public void Lines_passed_on_as_text_are_what_their_records_would_be() =>
        Gen.Select(Texts, Gen.Int[1, 7]).Sample((text, step) =>
        {
            var cut = new KeyValueSplit("\t", 1);
            var expected = new MemoryStream();
            using var records = new LineReader(new MemoryStream(text));
            var count = 0;
            for (; records.Next(out var line); count++)
            {
                cut.Cut(line, out var key, out var value);
                expected.Write([.. key, (byte)'\t', .. value, (byte)'\n']);
            }
            var passed = new ArrayBufferWriter<byte>();
            var lines = new TextLines(passed, (byte)'\t');
            using var blocks = new LineReader(new Trickle(text, step));
            while (blocks.NextBlock(long.MaxValue, out var block, out _))
                lines.Write(block);
            return cut.IsUndoneBy("\t"u8) && lines.Records == count && passed.WrittenSpan.SequenceEqual(expected.ToArray());
        });

    private static List<string> Read(Stream stream, bool hex = false)
    {
        using var reader = new LineReader(stream);
        List<string> lines = [];
        while (reader.Next(out var line))
            lines.Add(hex ? Convert.ToHexString(line) : Encoding.Latin1.GetString(line));
        return lines;
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, step));
    }
}
