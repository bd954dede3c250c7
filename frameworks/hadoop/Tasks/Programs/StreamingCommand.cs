using System.Globalization;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>What streaming mappers, combiners and reducers have in common.</summary>
/// <param name="side">Whose output properties count: <c>map</c> or <c>reduce</c>.</param>
internal sealed class StreamingCommand(AttemptContext context, string command, string side)
{
    private readonly KeyValueSplit _cut = new(context.Conf[$"stream.{side}.output.field.separator"] ?? "\t",
        int.Parse(context.Conf[$"stream.num.{side}.output.key.fields"] ?? "1", CultureInfo.InvariantCulture));

    private readonly RecordForm _form = RecordForms.Of(context.Conf, $"stream.{side}.output");

    /// <summary>True if the program's lines need not be cut into records for this output.</summary>
    public bool GivesTextTo(TextRecordOutput output) => _form == RecordForm.Text && _cut.IsUndoneBy(output.Separator);

    /// <summary>Runs the command and takes its records.</summary>
    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    public void Run(Action<Stream> feed, RecordHandler output)
    {
        if (_form.IsText())
            RunForLines(feed, lines => Cut(lines, output));
        else
            Run(feed, stream => ProgramForm.ReadAll(_form, stream, output));
    }

    /// <summary>Runs the command, whose lines are passed on as they are.</summary>
    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    public void Run(Action<Stream> feed, TextLines output) => RunForLines(feed, lines =>
    {
        while (lines.NextBlock(long.MaxValue, out var block, out _))
            output.Write(block);
    });

    private void Cut(LineReader lines, RecordHandler output)
    {
        while (lines.Next(out var line))
        {
            if (_form == RecordForm.KeyOnlyText)
            {
                output(line, default);
                continue;
            }
            _cut.Cut(line, out var key, out var value);
            output(key, value);
        }
    }

    private void RunForLines(Action<Stream> feed, Action<LineReader> output) => Run(feed, stream =>
    {
        using var lines = new LineReader(stream);
        output(lines);
    });

    private void Run(Action<Stream> feed, Action<Stream> output)
    {
        var program = new StreamingProgram(CommandLineSplit.Words(command), context.WorkDirectory, context.Environment);
        var code = program.Run(feed, output, context.Errors.ReadAll, context.Stop);
        if (code == 0 || !context.Conf.Bool(JobConf.NonZeroExitIsFailure))
            return;
        throw new AttemptFailedException($"PipeMapRed.waitOutputThreads(): subprocess failed with code {code}");
    }
}
