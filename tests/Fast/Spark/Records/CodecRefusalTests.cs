using System.Text.RegularExpressions;
using Agora.Spark;
using Agora.Spark.Records;
using Xunit;

namespace Agora.Tests.Fast.Spark.Records;

/// <summary>What cannot be in a record is refused by the field's name.</summary>
public class CodecRefusalTests
{
    private sealed class Log(StreamWriter writer)
    {
        public StreamWriter Writer { get; } = writer;
    }

    private sealed record Order(int Number, List<Log> Logs);

    private sealed record Pattern(Regex Words);

    private sealed record Callback(Func<int, int> Call);

    private sealed record Pointed(nint Address);

    private readonly record struct Raw(long Number, nint Address);

    private sealed class MyMap : Dictionary<string, int>;

    private sealed record Holder(object Value);

    private static string MessageOf<T>() => Assert.Throws<CodecException>(() => RecordCodec<T>.Default).Message;

    [Fact]
    public void The_message_says_which_field_of_which_type_and_what_to_do()
    {
        Assert.Equal("values of the type (string, Order) cannot be written as records: Item2.Logs[].Writer is of the type StreamWriter, " +
            "which belongs to the process that made it; make one where it is used, in MapPartitions say", MessageOf<(string, Order)>());
        Assert.Contains("Words is of the type Regex, which is compiled in its process; keep its pattern", MessageOf<Pattern>(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_means_nothing_elsewhere_is_refused()
    {
        Assert.Contains("Call is of the type Func<int, int>, which is code", MessageOf<Callback>(), StringComparison.Ordinal);
        Assert.Contains("Address is of the type nint, which is an address", MessageOf<Pointed>(), StringComparison.Ordinal);
        Assert.Contains("Address is of the type nint, which is an address", MessageOf<Raw[]>(), StringComparison.Ordinal);
        Assert.Contains("work under way", MessageOf<Task<int>>(), StringComparison.Ordinal);
        Assert.Contains("keep one in a field instead", MessageOf<MyMap>(), StringComparison.Ordinal);
        Assert.Contains("which only the driver", MessageOf<(int, SparkContext)>(), StringComparison.Ordinal);
        Assert.Contains("keep its value", MessageOf<Lazy<string>>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_object_behind_a_general_type_is_refused_when_it_is_met()
    {
        RoundTrip.Of(new Holder("fine"));
        var refused = Assert.Throws<CodecException>(() => RoundTrip.Bytes(new Holder(new Log(StreamWriter.Null))));
        Assert.StartsWith("values of the type Log cannot be written as records: Writer is of the type StreamWriter", refused.Message, StringComparison.Ordinal);
        Assert.Throws<CodecException>(() => RoundTrip.Bytes(new Holder(Enumerable.Range(0, 3).Where(i => i > 1))));
    }

    [Fact]
    public void A_refused_type_is_refused_again_when_it_is_asked_for_again()
    {
        Assert.Equal(MessageOf<(int, Pattern)>(), MessageOf<(int, Pattern)>());
        Assert.Contains("Words", MessageOf<Pattern[]>(), StringComparison.Ordinal);
    }
}
