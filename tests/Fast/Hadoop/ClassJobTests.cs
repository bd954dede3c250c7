using System.Buffers.Binary;
using Agora.Hadoop.Submission;
using Agora.MapReduce;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>
/// Jobs of classes on the local runner, which loads this assembly a second time, as TaskTrackers load a user's.
/// </summary>
public sealed class ClassJobTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("agora-classes").FullName;

    public ClassJobTests() => JobClient.Use(new JobHost(UserProgram.Load(typeof(ClassJobTests).Assembly.Location)));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public enum Seen
    {
        Even,
        Odd,
    }

    public sealed class ByDayMapper : Mapper<string, string, (string Station, int Day), double>
    {
        protected override void Map(string key, string value, Context context)
        {
            var parts = value.Split(' ');
            var day = int.Parse(parts[0]);
            context.GetCounter(day % 2 == 0 ? Seen.Even : Seen.Odd).Increment();
            context.Write((key, day), double.Parse(parts[1]));
        }
    }

    public sealed class ByStation : IComparer<(string Station, int Day)>
    {
        public int Compare((string Station, int Day) x, (string Station, int Day) y) =>
            string.CompareOrdinal(x.Station, y.Station);
    }

    public sealed class StationPartitioner : Partitioner<(string Station, int Day), double>
    {
        public override int GetPartition((string Station, int Day) key, double value, int numPartitions) =>
            (key.Station[0] - 'a') % numPartitions;
    }

    public sealed class InOrderReducer : Reducer<(string Station, int Day), double, string, string>
    {
        protected override void Reduce((string Station, int Day) key, IEnumerable<double> values, Context context)
        {
            List<string> days = [];
            foreach (var value in values)
                days.Add($"{context.CurrentKey.Day}:{value}");
            context.Write(key.Station, string.Join(' ', days));
        }
    }

    [Fact]
    public void A_secondary_sort_by_tuple_keys_gives_each_station_its_days_in_order()
    {
        var conf = Job("b\t10 1.5\na\t-2 2\nb\t9 3\na\t3 4\nb\t-1 5\n");
        conf.SetInputFormat<KeyValueTextInputFormat>();
        conf.SetMapperClass<ByDayMapper>();
        conf.SetPartitionerClass<StationPartitioner>();
        conf.SetOutputValueGroupingComparator<ByStation>();
        conf.SetReducerClass<InOrderReducer>();
        conf.SetNumReduceTasks(2);
        var job = JobClient.RunJob(conf);
        Assert.Equal("a\t-2:2 3:4\n", Output("part-00000"));
        Assert.Equal("b\t-1:5 9:3 10:1.5\n", Output("part-00001"));
        Assert.Equal((2, 3), (job.Counters[Seen.Even], job.Counters[Seen.Odd]));
        Assert.Equal(2, job.Counters["Map-Reduce Framework", "Reduce input groups"]);
        Assert.Equal(["_SUCCESS", "part-00000", "part-00001"], Files("out"));
    }

    [Codec(typeof(PointCodec))]
    public readonly record struct Point(int X, int Y);

    public sealed class PointCodec : ICodec<Point>
    {
        public int? Size => 8;

        public void Write(Point value, ByteBuffer to)
        {
            BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), value.X);
            to.Advance(4);
            BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), value.Y);
            to.Advance(4);
        }

        public Point Read(ReadOnlySpan<byte> from) =>
            new(BinaryPrimitives.ReadInt32BigEndian(from), BinaryPrimitives.ReadInt32BigEndian(from[4..]));
    }

    public sealed class FarthestFirst : IComparer<Point>
    {
        public int Compare(Point x, Point y) => ((y.X * y.X) + (y.Y * y.Y)).CompareTo((x.X * x.X) + (x.Y * x.Y));
    }

    public sealed class PointMapper : Mapper<long, string, Point, NullWritable>
    {
        protected override void Map(long key, string value, Context context)
        {
            var parts = value.Split(',');
            context.Write(new Point(int.Parse(parts[0]), int.Parse(parts[1])), default);
        }
    }

    [Fact]
    public void A_type_of_the_users_own_is_sorted_by_a_comparator_of_the_users_own()
    {
        var conf = Job("1,1\n5,0\n0,-7\n0,1\n");
        conf.SetMapperClass<PointMapper>();
        conf.SetOutputKeyComparatorClass<FarthestFirst>();
        JobClient.RunJob(conf);
        Assert.Equal("Point { X = 0, Y = -7 }\nPoint { X = 5, Y = 0 }\nPoint { X = 1, Y = 1 }\nPoint { X = 0, Y = 1 }\n",
            Output("part-00000"));
    }

    public sealed class FailingMapper : Mapper<long, string, string, long>
    {
        protected override void Map(long key, string value, Context context) =>
            throw new InvalidDataException($"cannot make sense of '{value}'");
    }

    [Fact]
    public void An_exception_in_the_mapper_is_told_with_its_stack_and_no_output_appears()
    {
        var conf = Job("nonsense\n");
        conf.SetMapperClass<FailingMapper>();
        var job = JobClient.SubmitJob(conf);
        job.WaitForCompletion();
        Assert.False(job.IsSuccessful);
        Assert.Contains("cannot make sense of 'nonsense'", job.FailureInfo!, StringComparison.Ordinal);
        Assert.Contains("FailingMapper.Map", job.FailureLog!, StringComparison.Ordinal);
        Assert.Empty(Files("out"));
    }

    [Fact]
    public void A_job_that_contradicts_itself_is_refused_before_it_starts()
    {
        var conf = Job("x\n");
        conf.SetMapperClass<FailingMapper>();
        conf.SetReducerClass<InOrderReducer>();
        Assert.Contains("writes (String, Int64)", Refusal(conf), StringComparison.Ordinal);
        conf.Set("mapred.reducer.class", "No.Such, Assembly");
        Assert.Contains("class not found: No.Such, Assembly", Refusal(conf), StringComparison.Ordinal);
        conf.Unset("mapred.reducer.class");
        Directory.CreateDirectory(Path.Combine(_directory, "out"));
        Assert.EndsWith("already exists", Refusal(conf), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Word_count_and_grep_of_the_examples_count_as_the_shell_does()
    {
        File.WriteAllText(In("text"), "the cat the  dog\n\tcat  the end \n");
        Assert.Equal(0, await ExampleAsync("wordcount", In("text"), In("counts")));
        Assert.Equal("cat\t2\ndog\t1\nend\t1\nthe\t3\n", File.ReadAllText(In("counts/part-00000")));
        Assert.Equal(0, await ExampleAsync("grep", In("text"), In("matches"), "t(he)|c.t", "0"));
        Assert.Equal("3\tthe\n2\tcat\n", File.ReadAllText(In("matches/part-00000")));
    }

    [Fact]
    public async Task TeraSort_gives_one_order_over_all_parts_and_TeraValidate_sees_a_row_out_of_place()
    {
        Assert.Equal(0, await ExampleAsync("teragen", "-Dmapred.map.tasks=3", "2000", In("rows")));
        Assert.Equal(0, await ExampleAsync("terasort", "-Dmapred.reduce.tasks=3", "-Dio.sort.mb=1", In("rows"), In("sorted")));
        var rows = Directory.GetFiles(In("rows"), "part-*").SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal);
        var parts = Directory.GetFiles(In("sorted"), "part-*").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, parts.Count(p => new FileInfo(p).Length > 0));
        Assert.Equal(rows, parts.SelectMany(File.ReadAllLines));

        Assert.Equal(0, await ExampleAsync("teravalidate", In("sorted"), In("report")));
        Assert.Matches("^checksum\t[0-9a-f]+\n$", File.ReadAllText(In("report/part-00000")));
        var first = File.ReadAllBytes(parts[0]);
        File.WriteAllBytes(parts[0], [.. first[^100..], .. first[..^100]]);
        Assert.Equal(0, await ExampleAsync("teravalidate", In("sorted"), In("report2")));
        Assert.Contains("error\tmisorder in part-00000", File.ReadAllText(In("report2/part-00000")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_records_go_through_sequence_files_cut_into_splits_and_come_out_sorted()
    {
        Assert.Equal(0, await ExampleAsync("randomwriter", "-Dmapred.map.tasks=2",
            "-Dtest.randomwrite.bytes_per_map=300000", "-Dtest.randomwrite.max_value=900", In("random")));
        Assert.Equal(0, await ExampleAsync("sort", "-m", "7", In("random"), In("sorted")));
        var written = Records(In("random/part-00000")).Concat(Records(In("random/part-00001"))).ToList();
        Assert.NotEmpty(written);
        Assert.Equal(written.Select(r => r.Key).Order(StringComparer.Ordinal), Records(In("sorted/part-00000")).Select(r => r.Key));
        Assert.Equal(written.Order(), Records(In("sorted/part-00000")).Order());
    }

    public sealed class LongestFirst : Reducer<string, string, string, long>
    {
        protected override void Reduce(string key, IEnumerable<string> values, Context context) =>
            context.Write(key, values.Max(v => v.Length));
    }

    [Fact]
    public void A_job_without_a_mapper_passes_its_input_on_as_what_the_format_reads()
    {
        var conf = Job("b\t22\na\t1\nb\t333\n");
        JobClient.RunJob(conf);
        Assert.Equal("0\tb\t22\n5\ta\t1\n9\tb\t333\n", Output("part-00000"));
        Directory.Delete(In("out"), recursive: true);
        conf.SetReducerClass<LongestFirst>();
        Assert.Contains("writes (Int64, String)", Refusal(conf), StringComparison.Ordinal);
        conf.SetInputFormat<KeyValueTextInputFormat>();
        JobClient.RunJob(conf);
        Assert.Equal("a\t1\nb\t3\n", Output("part-00000"));
    }

    [Fact]
    public void Sequence_files_without_a_mapper_have_the_types_of_the_reducer_or_stay_bytes()
    {
        var conf = Job("b\t22\na\t1\n");
        conf.SetInputFormat<KeyValueTextInputFormat>();
        conf.SetOutputFormat<SequenceFileOutputFormat>();
        JobClient.RunJob(conf);
        conf.SetInputFormat<SequenceFileInputFormat>();
        conf.SetInputPaths($"file:{In("out")}");
        conf.SetOutputPath($"file:{In("again")}");
        JobClient.RunJob(conf);
        Assert.Equal(Records(In("out/part-00000")), Records(In("again/part-00000")));
        conf.SetInputPaths($"file:{In("again")}");
        conf.SetOutputPath($"file:{In("text")}");
        conf.SetReducerClass<LongestFirst>();
        conf.SetOutputFormat<TextOutputFormat>();
        JobClient.RunJob(conf);
        Assert.Equal("a\t1\nb\t2\n", File.ReadAllText(In("text/part-00000")));
    }

    public sealed class ReadingMapper : Mapper<long, string, string, string>
    {
        protected override void Map(long key, string value, Context context) =>
            context.Write(value, File.ReadAllText(Path.Combine(context.WorkDirectory, "dir", "in.txt")));
    }

    [Fact]
    public void Generic_options_ship_archives_and_name_the_store_of_paths_without_one()
    {
        using (var zip = System.IO.Compression.ZipFile.Open(In("a.zip"), System.IO.Compression.ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("in.txt").Open())
            entry.Write("packed"u8);
        var conf = Job("x\n");
        Assert.Equal(["rest"], GenericOptions.Parse(conf, ["-archives", $"{In("a.zip")}#dir", "-fs", "file:///", "rest"]));
        conf.SetMapperClass<ReadingMapper>();
        conf.SetInputPaths(In("in"));
        conf.SetOutputPath(In("out"));
        JobClient.RunJob(conf);
        Assert.Equal("x\tpacked\n", Output("part-00000"));
        Assert.Contains("names no store", Assert.Throws<ArgumentException>(
            () => GenericOptions.Parse(conf, ["-fs", "ftp://somewhere"])).Message, StringComparison.Ordinal);
    }

    private JobConf Job(string input)
    {
        File.WriteAllText(In("in"), input);
        var conf = new JobConf();
        conf.Set("mapred.job.tracker", "local");
        conf.SetInputPaths($"file:{In("in")}");
        conf.SetOutputPath($"file:{In("out")}");
        return conf;
    }

    private static string Refusal(JobConf conf) => Assert.Throws<JobRefusedException>(() => JobClient.RunJob(conf)).Message;

    private static Task<int> ExampleAsync(string name, params IEnumerable<string> args) => RunCommand.RunAsync(
        Path.Combine(AppContext.BaseDirectory, RunCommand.Examples),
        [name, "-jt", "local", .. args.Select(a => a.StartsWith('/') ? "file:" + a : a)]);

    private static IEnumerable<(string Key, string Value)> Records(string path)
    {
        using var reader = new SequenceFileInputFormat().Open(new WholeFile(path), new JobConf());
        while (reader.Next())
            yield return (Convert.ToHexString(reader.Key), Convert.ToHexString(reader.Value));
    }

    private sealed record WholeFile(string File) : FileSplit(File, 0, new FileInfo(File).Length)
    {
        public override Stream Open(long offset, long? length)
        {
            var stream = System.IO.File.OpenRead(File);
            stream.Position = offset;
            return stream;
        }

        public override ILineSource OpenLines() => throw new NotSupportedException();
    }

    private string In(string name) => Path.Combine(_directory, name);

    private string Output(string part) => File.ReadAllText(In($"out/{part}"));

    private List<string> Files(string name) => Directory.Exists(In(name))
        ? [.. Directory.EnumerateFileSystemEntries(In(name)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)] : [];
}
