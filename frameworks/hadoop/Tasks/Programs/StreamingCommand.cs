using System.Globalization;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Output;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>What streaming mappers, combiners and reducers have in common.</summary>
internal static class StreamingCommand
{
    /// <param name="side"><c>map</c> or <c>reduce</c>.</param>
    public static KeyValueSplit OutputSplit(JobConf conf, string side) => new(
        conf[$"stream.{side}.output.field.separator"] ?? "\t",
        int.Parse(conf[$"stream.num.{side}.output.key.fields"] ?? "1", CultureInfo.InvariantCulture));

    /// <summary>Runs a command whose lines are cut into records.</summary>
    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    public static void Run(
        AttemptContext context, string command, Action<Stream> feed, KeyValueSplit cut, RecordHandler output) =>
        Run(context, command, feed, lines =>
        {
            while (lines.Next(out var line))
            {
                cut.Cut(line, out var key, out var value);
                output(key, value);
            }
        });

    /// <summary>Runs a command whose lines are passed on as they are.</summary>
    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    public static void Run(AttemptContext context, string command, Action<Stream> feed, TextLines output) =>
        Run(context, command, feed, lines =>
        {
            while (lines.NextBlock(long.MaxValue, out var block, out _))
                output.Write(block);
        });

    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    private static void Run(AttemptContext context, string command, Action<Stream> feed, Action<LineReader> output)
    {
        var program = new StreamingProgram(CommandLineSplit.Words(command), context.WorkDirectory, context.Environment);
        var code = program.Run(feed, output, context.Errors.ReadAll, context.Stop);
        if (code == 0 || !context.Conf.Bool(JobConf.NonZeroExitIsFailure))
            return;
        throw new AttemptFailedException($"PipeMapRed.waitOutputThreads(): subprocess failed with code {code}");
    }
}
