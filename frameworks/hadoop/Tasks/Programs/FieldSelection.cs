using System.Globalization;
using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>
/// Fields of a record, put together anew: <c>6,5,1-3:0-</c> takes fields 6, 5 and 1 to 3 as key and all from 0 on as
/// value. Fields count from 0; those a record does not have are passed over.
/// </summary>
internal sealed class FieldSelection
{
    private readonly string _separator;
    private readonly IReadOnlyList<(int From, int To)> _key, _value;

    /// <exception cref="AttemptFailedException">The spec is not as above.</exception>
    public FieldSelection(JobConf conf, string specProperty)
    {
        _separator = conf["mapred.data.field.separator"] ?? "\t";
        var spec = conf[specProperty] ?? "0-:";
        var parts = spec.Split(':');
        _key = Ranges(parts[0], spec);
        _value = parts.Length > 1 ? Ranges(parts[1], spec) : [];
    }

    public (byte[] Key, byte[] Value) Select(string text)
    {
        var fields = text.Split(_separator);
        return (Join(_key, fields), Join(_value, fields));
    }

    private byte[] Join(IReadOnlyList<(int From, int To)> ranges, string[] fields) =>
        Encoding.UTF8.GetBytes(string.Join(_separator, ranges.SelectMany(r =>
            fields.Skip(r.From).Take(r.To == int.MaxValue ? int.MaxValue : r.To - r.From + 1))));

    private static List<(int From, int To)> Ranges(string list, string spec) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var from = Number(dash < 0 ? part : part[..dash], spec);
            return (from, dash < 0 ? from : dash == part.Length - 1 ? int.MaxValue : Number(part[(dash + 1)..], spec));
        })];

    private static int Number(string digits, string spec) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new AttemptFailedException($"'{spec}' is not a list of fields such as 6,5,1-3:0-");
}

/// <summary>FieldSelectionMapReduce as mapper: picks from the line, or from key and value where the input has keys.</summary>
internal sealed class FieldSelectionMapper(JobConf conf) : IMapProgram
{
    public void Run(IRecordSource input, RecordHandler output)
    {
        var selection = new FieldSelection(conf, "map.output.key.value.fields.spec");
        var separator = conf["mapred.data.field.separator"] ?? "\t";
        while (input.Next())
        {
            var value = Encoding.UTF8.GetString(input.Value);
            var (key, picked) = selection.Select(
                input.KeyIsPosition ? value : Encoding.UTF8.GetString(input.Key) + separator + value);
            output(key, picked);
        }
    }
}

/// <summary>FieldSelectionMapReduce as reducer: picks from key and value.</summary>
internal sealed class FieldSelectionReducer(JobConf conf) : IReduceProgram
{
    public void Run(IGroupedRecords input, RecordHandler output)
    {
        var selection = new FieldSelection(conf, "reduce.output.key.value.fields.spec");
        var separator = conf["mapred.data.field.separator"] ?? "\t";
        while (input.Next())
        {
            var (key, picked) = selection.Select(
                Encoding.UTF8.GetString(input.Key) + separator + Encoding.UTF8.GetString(input.Value));
            output(key, picked);
        }
    }
}
