using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>Programs that are passed raw or typed bytes: written in Python, from Hadoop's description of the formats.</summary>
public sealed class RecordFormTests : IDisposable
{
    /// <summary>Reads and writes typed bytes with nothing but the struct module.</summary>
    private const string Library = """
        import struct, sys
        def read(f):
            code = f.read(1)
            if not code: return None
            return body(f, code[0])
        def body(f, code):
            if code in (0, 7):
                data = f.read(struct.unpack('>i', f.read(4))[0])
                return data if code == 0 else data.decode()
            if code in (1, 2, 3, 4, 5, 6):
                form = '>b >? >i >q >f >d'.split()[code - 1]
                return struct.unpack(form, f.read(struct.calcsize(form)))[0]
            if code == 8: return tuple(read(f) for _ in range(struct.unpack('>i', f.read(4))[0]))
            if code == 10: return dict((read(f), read(f)) for _ in range(struct.unpack('>i', f.read(4))[0]))
            assert code == 9, code
            items = []
            while True:
                code = f.read(1)[0]
                if code == 255: return items
                items.append(body(f, code))
        def typed(v):
            if isinstance(v, bool): return struct.pack('>B?', 2, v)
            if isinstance(v, int): return struct.pack('>Bi', 3, v) if -2**31 <= v < 2**31 else struct.pack('>Bq', 4, v)
            if isinstance(v, float): return struct.pack('>Bd', 6, v)
            if isinstance(v, bytes): return struct.pack('>Bi', 0, len(v)) + v
            if isinstance(v, str): return struct.pack('>Bi', 7, len(v.encode())) + v.encode()
            if isinstance(v, tuple): return struct.pack('>Bi', 8, len(v)) + b''.join(map(typed, v))
            if isinstance(v, list): return b'\x09' + b''.join(map(typed, v)) + b'\xff'
            return struct.pack('>Bi', 10, len(v)) + b''.join(typed(k) + typed(x) for k, x in v.items())
        def records():
            while True:
                key = read(sys.stdin.buffer)
                if key is None: return
                yield key, read(sys.stdin.buffer)
        def write(key, value): sys.stdout.buffer.write(typed(key) + typed(value))

        """;

    private const string WordMapper = "for key, line in records():\n    for word in line.split(): write(word, (key, 1))\n";

    private const string LinesReducer = """
        from itertools import groupby
        for word, group in groupby(records(), lambda r: r[0]):
            lines = [key for _, (key, _) in group]
            write(word, [sorted(lines), len(lines)])
        """;

    private static readonly string[] SequenceFiles =
        ["-inputformat", "org.apache.hadoop.streaming.AutoInputFormat", "-outputformat", "org.apache.hadoop.mapred.SequenceFileOutputFormat"];

    private readonly StreamingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Typed_bytes_go_through_a_job_as_text_with_the_values_printed_as_Java_prints_them()
    {
        _bench.Ship("map.py", Library + WordMapper);
        _bench.Ship("red.py", Library + LinesReducer);
        _bench.Put("in", "the cat\nthe zwölf\n"u8);
        // Keys are where the lines begin. Keys sort by their bytes, in which the length of a word comes before it.
        Assert.Equal("cat\t[[0], 1]\nthe\t[[0, 8], 2]\nzwölf\t[[8], 1]\n", Text(_bench.Run("in", "out", "-io", "typedbytes",
            "-inputformat", "AutoInputFormat", "-mapper", "python3 map.py", "-reducer", "python3 red.py")));
    }

    [Fact]
    public void Typed_bytes_keep_their_types_in_SequenceFiles_from_one_job_to_the_next()
    {
        _bench.Ship("map.py", Library + WordMapper);
        _bench.Ship("types.py", Library + "for k, v in records(): write(str(type(k).__name__), (k, [1.5, True, b'\\x01\\xff'], {'b': 2**40, 'a': -1}))\n");
        _bench.Ship("cat.py", Library + "for k, v in records(): write(k, v)\n");
        _bench.Put("in", "a\n"u8);
        var written = _bench.Run("in", "first", ["-io", "typedbytes", "-mapper", "python3 types.py", .. SequenceFiles]);
        Assert.Contains("org.apache.hadoop.typedbytes.TypedBytesWritable", Encoding.Latin1.GetString(written[..120]), StringComparison.Ordinal);
        var second = _bench.Run("first/part-00000", "second", ["-io", "typedbytes", "-mapper", "python3 cat.py", "-combiner", "python3 cat.py",
            "-reducer", "python3 cat.py", .. SequenceFiles]);
        // Only the sync marks in the headers differ.
        Assert.Equal(written.Length, second.Length);
        const string Printed = "int\t[0, [1.5, true, 01ff], {a=-1, b=1099511627776}]\n";
        Assert.Equal(Printed, Text(_bench.Run("second/part-00000", "third", "-inputformat", "SequenceFileAsTextInputFormat",
            "-mapper", "cat", "-numReduceTasks", "0")));
        Assert.Equal(Printed, Text(_bench.Run("second/part-00000", "fourth", "-io", "typedbytes", "-inputformat", "AutoInputFormat")));
    }

    [Fact]
    public void Records_of_a_small_SequenceFile_are_read_once_wherever_in_its_header_it_is_cut()
    {
        _bench.Put("in", "b\t1\na\t2\n"u8);
        _bench.Run("in", "file", ["-mapper", "cat", .. SequenceFiles]);
        for (var maps = 1; maps <= 5; maps++)
        {
            // AutoInputFormat gave where the lines began as keys.
            Assert.Equal("0\tb\t1\n4\ta\t2\n", Text(_bench.Run("file/part-00000", $"text{maps}", "-D", $"mapred.map.tasks={maps}",
                "-inputformat", "SequenceFileInputFormat", "-mapper", "cat", "-reducer", "cat")));
        }
    }

    [Fact]
    public void Each_side_has_its_own_form()
    {
        _bench.Ship("map.py", Library + "for line in sys.stdin:\n    word, n = line.split()\n    write(word, int(n))\n");
        _bench.Ship("red.py", Library + "for word, n in records(): print(word, n * 2, sep='\\t')\n");
        _bench.Put("in", "b 1\na 2\n"u8);
        Assert.Equal("a\t4\nb\t2\n", Text(_bench.Run("in", "out", "-D", "stream.map.output=typedbytes",
            "-D", "stream.reduce.input=typedbytes", "-mapper", "python3 map.py", "-reducer", "python3 red.py")));
    }

    [Fact]
    public void Raw_bytes_have_lengths_before_them_and_are_printed_as_hexadecimal_digits()
    {
        const string Raw = """
            import struct, sys
            def read():
                head = sys.stdin.buffer.read(4)
                return sys.stdin.buffer.read(struct.unpack('>i', head)[0]) if head else None
            def write(b): sys.stdout.buffer.write(struct.pack('>i', len(b)) + b)

            """;
        // The offset is a long of 8 bytes; a text has its length before it.
        _bench.Ship("map.py", Raw + "while (key := read()) is not None:\n    write(read()[1:])\n    write(key[7:])\n");
        _bench.Ship("red.py", Raw + "while (key := read()) is not None:\n    write(key)\n    write(read() + b'\\x00')\n");
        _bench.Put("in", "bb\na\n"u8);
        string[] job = ["-mapper", "python3 map.py", "-reducer", "python3 red.py"];
        Assert.Equal("61\t03 00\n62 62\t00 00\n", Text(_bench.Run("in", "out", ["-io", "rawbytes", .. job])));
        var file = _bench.Run("in", "file", ["-io", "rawbytes", .. SequenceFiles, .. job]);
        Assert.Contains("org.apache.hadoop.io.BytesWritable", Encoding.Latin1.GetString(file[..80]), StringComparison.Ordinal);
        Assert.Equal("61\t03 00\n62 62\t00 00\n", Text(_bench.Run("file/part-00000", "text", "-inputformat",
            "SequenceFileAsTextInputFormat", "-mapper", "cat")));
    }

    [Fact]
    public void Key_only_text_makes_whole_lines_keys()
    {
        _bench.Put("in", "b\t1\na\t2\n"u8);
        Assert.Equal("a\t2\nb\t1\n", Text(_bench.Run("in", "out", "-io", "keyonlytext", "-mapper", "cat", "-reducer", "cat")));
    }

    [Theory]
    [InlineData("print('text')", "did it print text instead of typed bytes?")]
    [InlineData("print('1 a')", "the program wrote 49 where a type code of typed bytes has to be")]
    [InlineData("write(1, 2); sys.stdout.buffer.write(typed('a key alone'))", "a key needs a value")]
    [InlineData("sys.stdout.buffer.write(b'\\x07\\x00\\x00\\x01\\x00cut off')", "ends within a record of typedbytes")]
    [InlineData("sys.stdout.buffer.write(b'\\x07\\xff\\xff\\xff\\xff')", "the program wrote -1 where a length")]
    [InlineData("sys.stdout.buffer.write(b'\\x09' * 1000)", "nested more than")]
    public void Output_that_is_no_typed_bytes_fails_the_attempt_with_what_is_wrong(string program, string message)
    {
        _bench.Ship("map.py", Library + program);
        _bench.Put("in", "a\n"u8);
        var result = _bench.RunMap("in", "-io", "typedbytes", "-mapper", "python3 map.py");
        Assert.False(result.Succeeded);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01 ff", "-1")]
    [InlineData("05 3d cc cc cd", "0.1")]
    [InlineData("05 4b 18 96 80", "1.0E7")]
    [InlineData("06 3f f0 00 00 00 00 00 00", "1.0")]
    [InlineData("08 00 00 00 00", "[]")]
    [InlineData("0a 00 00 00 02 03 00 00 00 0a 02 01 03 00 00 00 09 02 00", "{9=false, 10=true}")]
    [InlineData("3c 00 00 00 01 ab", "ab")]
    public void Typed_values_print_as_in_Java(string bytes, string text) =>
        Assert.Equal(text, TypedText.Of(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void Classes_that_work_on_text_are_refused_for_other_forms()
    {
        var problems = new JobConf(new Dictionary<string, string>
        {
            ["stream.map.output"] = "typedbytes",
            ["stream.reduce.output"] = "no such",
            ["mapred.reducer.class"] = StreamingClasses.LongSumReducer,
            ["mapred.mapper.class"] = StreamingClasses.IdentityMapper,
        }).Problems();
        Assert.Equal(2, problems.Count);
        Assert.Contains("stream.reduce.output=no such", problems[0], StringComparison.Ordinal);
        Assert.Contains("works on text", problems[1], StringComparison.Ordinal);
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
