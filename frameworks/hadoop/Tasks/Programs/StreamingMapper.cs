using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>A command as mapper.</summary>
internal sealed class StreamingMapper(AttemptContext context, string command) : IMapProgram
{
    private readonly StreamingCommand _command = new(context, command, "map");

    public void Run(IRecordSource input, RecordHandler output) => _command.Run(stream => Feed(input, stream), output);

    /// <summary>True if the program's lines need not be cut into records for this output.</summary>
    public bool GivesTextTo(TextRecordOutput output) => _command.GivesTextTo(output);

    public void Run(IRecordSource input, TextLines output) => _command.Run(stream => Feed(input, stream), output);

    private void Feed(IRecordSource input, Stream stream)
    {
        bool? asked = bool.TryParse(context.Conf[JobConf.IgnoreKey], out var ignore) ? ignore : null;
        if (context.InputForm.IsText())
            FeedText(input, stream, asked ?? StreamingClasses.Means(
                context.Conf[JobConf.InputFormat] ?? StreamingClasses.TextInput, StreamingClasses.TextInput));
        else
            FeedBytes(input, stream, asked ?? false);
    }

    /// <summary>Bytes come in pairs, unless a job asks for values alone.</summary>
    private void FeedBytes(IRecordSource input, Stream stream, bool ignoreKey)
    {
        var form = context.InputForm;
        while (input.Next())
        {
            if (!ignoreKey)
                ProgramForm.Write(form, input.Key, stream);
            ProgramForm.Write(form, input.Value, stream);
        }
    }

    private void FeedText(IRecordSource input, Stream stream, bool ignoreKey)
    {
        if (ignoreKey && input.GivesLines)
        {
            while (input.NextLines(out var lines))
                stream.Write(lines);
            return;
        }
        var ignoreValue = !ignoreKey && context.InputForm == RecordForm.KeyOnlyText;
        var separator = Encoding.UTF8.GetBytes(context.Conf["stream.map.input.field.separator"] ?? "\t");
        while (input.Next())
        {
            if (!ignoreKey)
                stream.Write(input.Key);
            if (!ignoreKey && !ignoreValue)
                stream.Write(separator);
            if (!ignoreValue)
                stream.Write(input.Value);
            stream.Write("\n"u8);
        }
    }
}
