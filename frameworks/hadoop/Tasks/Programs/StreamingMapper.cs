using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A command as mapper: lines in, lines out.</summary>
internal sealed class StreamingMapper(AttemptContext context, string command) : IMapProgram
{
    private readonly KeyValueSplit _cut = StreamingCommand.OutputSplit(context.Conf, "map");

    public void Run(IRecordSource input, RecordHandler output) =>
        StreamingCommand.Run(context, command, stream => Feed(input, stream), _cut, output);

    /// <summary>True if the program's lines need not be cut into records for this output.</summary>
    public bool GivesTextTo(TextRecordOutput output) => _cut.IsUndoneBy(output.Separator);

    public void Run(IRecordSource input, TextLines output) =>
        StreamingCommand.Run(context, command, stream => Feed(input, stream), output);

    private void Feed(IRecordSource input, Stream stream)
    {
        var ignoreKey = bool.TryParse(context.Conf[JobConf.IgnoreKey], out var ignore) ? ignore
            : StreamingClasses.Means(context.Conf[JobConf.InputFormat] ?? StreamingClasses.TextInput, StreamingClasses.TextInput);
        if (ignoreKey && input.GivesLines)
        {
            while (input.NextLines(out var lines))
                stream.Write(lines);
            return;
        }
        var separator = Encoding.UTF8.GetBytes(context.Conf["stream.map.input.field.separator"] ?? "\t");
        while (input.Next())
        {
            if (!ignoreKey)
            {
                stream.Write(input.Key);
                stream.Write(separator);
            }
            stream.Write(input.Value);
            stream.Write("\n"u8);
        }
    }
}
