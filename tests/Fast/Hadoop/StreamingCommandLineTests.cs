using Agora.Hadoop.Jobs;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class StreamingCommandLineTests
{
    [Fact]
    public void A_command_line_becomes_the_properties_Hadoop_would_set()
    {
        var line = Parsed("-D", "mapreduce.job.reduces=3", "-Dx=1", "-input", "a,b", "c{1,2}", "-output", "o", "-mapper",
            "dir/map.py -x 'y z'", "-reducer", "red.py", "-file", "dir/map.py", "-file", "red.py", "-cmdenv", "A=b");
        Assert.Equal(["a", "b", "c{1,2}"], line.Inputs);
        Assert.Equal("3", line.Conf["mapred.reduce.tasks"]);
        Assert.Equal("1", line.Conf["x"]);
        Assert.Equal("map.py+-x+%27y+z%27", line.Conf["stream.map.streamprocessor"]);
        Assert.Equal("map.py -x 'y z'", new JobConf(line.Conf).Command(JobConf.MapCommand));
        Assert.Equal("A=b", line.Conf["stream.addenvironment"]);
        Assert.Equal([("dir/map.py", "map.py"), ("red.py", "red.py")], line.Files.Select(f => (f.Path, f.Name)));
    }

    [Fact]
    public void Files_may_be_given_other_names_and_lie_in_a_store()
    {
        var line = Parsed("-files", "side.txt#s.txt,hdfs://h/x/y#z", "-input", "a", "-output", "o");
        Assert.Equal([new FileToShip("side.txt", "s.txt", false), new FileToShip("hdfs://h/x/y", "z", true)], line.Files);
    }

    [Theory]
    [InlineData("mapred.input.format.class", "org.apache.hadoop.mapred.lib.NLineInputFormat", "-inputformat", "NLineInputFormat")]
    [InlineData("mapred.output.format.class", "org.apache.hadoop.mapred.lib.NullOutputFormat", "-outputformat",
        "org.apache.hadoop.mapred.lib.NullOutputFormat")]
    [InlineData("mapred.mapper.class", "org.apache.hadoop.mapred.lib.InverseMapper", "-mapper", "org.apache.hadoop.mapreduce.lib.map.InverseMapper")]
    [InlineData("mapred.combiner.class", "org.apache.hadoop.mapred.lib.aggregate.ValueAggregatorCombiner", "-reducer", "Aggregate")]
    [InlineData("stream.recordreader.begin", "<doc>", "-inputreader", "StreamXmlRecordReader,begin=<doc>,end=</doc>")]
    [InlineData("stream.reduce.output", "keyonlytext", "-io", "keyOnlyText")]
    [InlineData("stream.map.input", "typedbytes", "-io", "typedbytes")]
    [InlineData("mapred.reduce.task.debug.script", "look.sh -x", "-reducedebug", "look.sh -x")]
    public void Classes_and_forms_are_known_by_their_names(string property, string set, string option, string value) =>
        Assert.Equal(set, Parsed("-input", "a", "-output", "o", option, value).Conf[property]);

    [Fact]
    public void Archives_are_to_be_unpacked_under_their_names() =>
        Assert.Equal([new FileToShip("a.tgz", "dir", false, true), new FileToShip("b.zip", "b.zip", false, true)],
            Parsed("-archives", "a.tgz#dir,b.zip", "-input", "a", "-output", "o").Files);

    [Fact]
    public void Variables_with_blanks_in_their_values_stay_whole() =>
        Assert.Equal(["MSG=hello world", "A=b"], new JobConf(Parsed(
            "-input", "a", "-output", "o", "-cmdenv", "MSG=hello world", "-cmdenv", "A=b").Conf).Environment);

    [Fact]
    public void The_reducer_NONE_makes_a_job_of_maps_only() =>
        Assert.Equal("0", Parsed("-input", "a", "-output", "o", "-reducer", "NONE").Conf["mapred.reduce.tasks"]);

    [Theory]
    [InlineData("Missing required options: input, output", "-mapper", "cat")]
    [InlineData("Missing required option: output", "-input", "a")]
    [InlineData("Unrecognized option: -bogus", "-input", "a", "-output", "o", "-bogus", "x")]
    [InlineData("-partitioner : class not found : no.Such", "-input", "a", "-output", "o", "-partitioner", "no.Such")]
    public void Mistakes_are_told_in_Hadoops_words(string message, params string[] args) =>
        Assert.Equal(message, StreamingCommandLine.Parse(args).Problem?.Message);

    [Theory]
    [InlineData("-inputformat", "org.apache.hadoop.mapred.MultiFileInputFormat")]
    [InlineData("-io", "avro")]
    [InlineData("-mapper", "org.apache.hadoop.mapred.lib.MultithreadedMapRunner")]
    public void What_cannot_be_honoured_yet_is_refused_and_not_passed_over(string option, string value)
    {
        var problem = StreamingCommandLine.Parse(["-input", "a", "-output", "o", option, value]).Problem;
        Assert.Contains("is not supported yet", problem?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_that_cannot_be_are_all_named_at_once()
    {
        var problems = new JobConf(new Dictionary<string, string>
        {
            ["mapred.reduce.tasks"] = "many",
            ["io.sort.mb"] = "0",
            ["mapred.output.format.class"] = "no.Such",
            ["mapred.compress.map.output"] = "true",
            ["mapred.map.output.compression.codec"] = "org.apache.hadoop.io.compress.SnappyCodec",
            // Of no account, as the output is not to be compressed.
            ["mapred.output.compression.codec"] = "no.Such",
        }).Problems();
        Assert.Equal(4, problems.Count);
        Assert.Contains("GzipCodec", problems[3], StringComparison.Ordinal);
    }

    private static StreamingCommandLine Parsed(params string[] args)
    {
        var (line, problem) = StreamingCommandLine.Parse(args);
        Assert.Null(problem);
        return line;
    }
}
