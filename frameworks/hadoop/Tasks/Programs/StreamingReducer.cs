using System.Text;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A command as reducer or combiner: lines of key, separator and value in, lines out.</summary>
/// <param name="side">Whose output separator counts: <c>reduce</c>, or <c>map</c> for a combiner.</param>
internal sealed class StreamingReducer(AttemptContext context, string command, string side) : IReduceProgram
{
    public void Run(IGroupedRecords input, RecordHandler output)
    {
        var separator = Encoding.UTF8.GetBytes(context.Conf["stream.reduce.input.field.separator"] ?? "\t");
        var cut = StreamingCommand.OutputSplit(context.Conf, side);
        // Hadoop reads what a reducer without input says, and drops it.
        var dropped = input.IsEmpty;
        StreamingCommand.Run(context, command, stream =>
        {
            while (input.Next())
            {
                stream.Write(input.Key);
                stream.Write(separator);
                stream.Write(input.Value);
                stream.Write("\n"u8);
            }
        }, line =>
        {
            if (dropped)
                return;
            cut.Cut(line, out var key, out var value);
            output(key, value);
        });
    }
}
