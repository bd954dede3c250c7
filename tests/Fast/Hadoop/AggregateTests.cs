using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks;
using Agora.Hadoop.Tasks.Programs;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class AggregateTests
{
    [Theory]
    [InlineData("LongValueSum:w", "w", "6", "1", "2", "3")]
    [InlineData("longvaluemax:w", "w", "3", "1", "3", "2")]
    [InlineData("LongValueMin:w", "w", "-1", "1", "-1")]
    [InlineData("DoubleValueSum:w", "w", "3.0", "1.5", "1.5")]
    [InlineData("StringValueMax:w", "w", "b", "a", "b", "B")]
    [InlineData("StringValueMin:w", "w", "B", "a", "b", "B")]
    [InlineData("UniqValueCount:w", "w", "2", "a", "b", "a")]
    // Counts 1, 2 and 4: mean 7/3, deviation sqrt(14/9).
    [InlineData("ValueHistogram:w:x", "w:x", "3\t1\t2\t4\t2.3333333333333335\t1.247219128924647", "a", "b", "b", "c\t4")]
    public void Values_are_put_together_as_the_key_says_with_a_combiner_and_without(
        string key, string id, string result, params string[] values)
    {
        var records = values.Select(v => (key, v)).ToList();
        Assert.Equal([(id, result)], Run(true, records));
        Assert.Equal([(id, result)], Run(true, [.. Run(false, records[..1]), .. Run(false, records[1..])]));
    }

    [Theory]
    [InlineData("word", "it must be Type:id")]
    [InlineData("Sum:word", "aggregate knows no 'Sum'")]
    [InlineData("LongValueSum:word", "'many' is not a number")]
    public void What_cannot_be_aggregated_is_told(string key, string words)
    {
        var e = Assert.Throws<AttemptFailedException>(() => Run(true, [(key, "many")]));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(11.935483870967742, "11.935483870967742")]
    [InlineData(12, "12.0")]
    [InlineData(1e7, "1.0E7")]
    [InlineData(0.00012, "1.2E-4")]
    [InlineData(123456789.5, "1.234567895E8")]
    public void Numbers_are_written_as_Java_does(double number, string text) => Assert.Equal(text, JavaDouble.Text(number));

    private static List<(string, string)> Run(bool final, List<(string Key, string Value)> records)
    {
        var buffer = new SortBuffer(KeyOrder.Bytes, long.MaxValue);
        foreach (var (key, value) in records)
            buffer.Add(0, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        List<(string, string)> output = [];
        new AggregateProgram(new JobConf(new Dictionary<string, string>()), final).Run(
            new SortedRange(buffer, KeyOrder.Bytes, 0, records.Count),
            (key, value) => output.Add((Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value))));
        return output;
    }
}
