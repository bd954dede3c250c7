using System.Text;
using Agora.Hadoop.Tasks.Output;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A command as reducer or combiner: lines of key, separator and value in, lines out.</summary>
/// <param name="side">Whose output separator counts: <c>reduce</c>, or <c>map</c> for a combiner.</param>
internal sealed class StreamingReducer(AttemptContext context, string command, string side) : IReduceProgram
{
    private readonly KeyValueSplit _cut = StreamingCommand.OutputSplit(context.Conf, side);

    public void Run(IGroupedRecords input, RecordHandler output)
    {
        // Hadoop reads what a reducer without input says, and drops it.
        var dropped = input.IsEmpty;
        StreamingCommand.Run(context, command, stream => Feed(input, stream), _cut, (key, value) =>
        {
            if (!dropped)
                output(key, value);
        });
    }

    /// <summary>True if the program's lines need not be cut into records for this output.</summary>
    public bool GivesTextTo(IGroupedRecords input, TextRecordOutput output) =>
        !input.IsEmpty && _cut.IsUndoneBy(output.Separator);

    public void Run(IGroupedRecords input, TextLines output) =>
        StreamingCommand.Run(context, command, stream => Feed(input, stream), output);

    private void Feed(IGroupedRecords input, Stream stream)
    {
        var separator = Encoding.UTF8.GetBytes(context.Conf["stream.reduce.input.field.separator"] ?? "\t");
        while (input.Next())
        {
            stream.Write(input.Key);
            stream.Write(separator);
            stream.Write(input.Value);
            stream.Write("\n"u8);
        }
    }
}
