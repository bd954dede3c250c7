using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;
using Agora.Hadoop.Tasks.Output;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A command as reducer or combiner.</summary>
/// <param name="side">Whose output properties count: <c>reduce</c>, or <c>map</c> for a combiner.</param>
internal sealed class StreamingReducer(AttemptContext context, string command, string side) : IReduceProgram
{
    private readonly StreamingCommand _command = new(context, command, side);

    public void Run(IGroupedRecords input, RecordHandler output)
    {
        // Hadoop reads what a reducer without input says, and drops it.
        var dropped = input.IsEmpty;
        _command.Run(stream => Feed(input, stream), (key, value) =>
        {
            if (!dropped)
                output(key, value);
        });
    }

    /// <summary>True if the program's lines need not be cut into records for this output.</summary>
    public bool GivesTextTo(IGroupedRecords input, TextRecordOutput output) =>
        !input.IsEmpty && _command.GivesTextTo(output);

    public void Run(IGroupedRecords input, TextLines output) => _command.Run(stream => Feed(input, stream), output);

    private void Feed(IGroupedRecords input, Stream stream)
    {
        var (from, to) = (context.MapOutputForm, RecordForms.Of(context.Conf, RecordForms.ReduceInput));
        if (from.IsText() && to.IsText())
            FeedText(input, stream, withValue: to == RecordForm.Text);
        else
            FeedBytes(input, stream, from, to);
    }

    private void FeedText(IGroupedRecords input, Stream stream, bool withValue)
    {
        var separator = Separator;
        while (input.Next())
        {
            stream.Write(input.Key);
            if (withValue)
            {
                stream.Write(separator);
                stream.Write(input.Value);
            }
            stream.Write("\n"u8);
        }
    }

    private void FeedBytes(IGroupedRecords input, Stream stream, RecordForm from, RecordForm to)
    {
        var separator = Separator;
        ByteBuffer key = new(), value = new();
        while (input.Next())
        {
            key.Clear();
            Conversion.Append(from, input.Key, to, key);
            value.Clear();
            Conversion.Append(from, input.Value, to, value);
            if (!to.IsText())
            {
                ProgramForm.Write(to, key.Span, value.Span, stream);
                continue;
            }
            stream.Write(key.Span);
            if (to == RecordForm.Text)
            {
                stream.Write(separator);
                stream.Write(value.Span);
            }
            stream.Write("\n"u8);
        }
    }

    private byte[] Separator => Encoding.UTF8.GetBytes(context.Conf["stream.reduce.input.field.separator"] ?? "\t");
}
