using System.Text;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>
/// <c>-reducer aggregate</c>: keys are <c>Type:id</c>, and the type says how their values are put together. As combiner
/// it gives keys and values in the form it reads; as reducer, the id and the result.
/// </summary>
/// <param name="final">It is the reducer.</param>
internal sealed class AggregateProgram(JobConf conf, bool final) : IReduceProgram
{
    private readonly long _uniqueMax =
        long.TryParse(conf["aggregate.max.num.unique.values"], out var max) ? max : long.MaxValue;

    public void Run(IGroupedRecords input, RecordHandler output)
    {
        Aggregator? aggregator = null;
        var key = "";
        while (input.Next())
        {
            if (input.StartsGroup)
            {
                Give(aggregator, key, output);
                key = Encoding.UTF8.GetString(input.Key);
                aggregator = Aggregator.Of(TypeOf(key), _uniqueMax);
            }
            aggregator!.Add(Encoding.UTF8.GetString(input.Value));
        }
        Give(aggregator, key, output);
    }

    private void Give(Aggregator? aggregator, string key, RecordHandler output)
    {
        if (aggregator is null)
            return;
        if (final)
        {
            output(Encoding.UTF8.GetBytes(key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..]),
                Encoding.UTF8.GetBytes(aggregator.Report()));
            return;
        }
        var bytes = Encoding.UTF8.GetBytes(key);
        foreach (var part in aggregator.Parts())
            output(bytes, Encoding.UTF8.GetBytes(part));
    }

    private static string TypeOf(string key) => key.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
        ? key[..colon]
        : throw new AttemptFailedException($"'{key}' is not a key for aggregate: it must be Type:id, such as LongValueSum:word");
}
