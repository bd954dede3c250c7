using System.Globalization;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>What streaming mappers, combiners and reducers have in common.</summary>
internal static class StreamingCommand
{
    /// <param name="side"><c>map</c> or <c>reduce</c>.</param>
    public static KeyValueSplit OutputSplit(JobConf conf, string side) => new(
        conf[$"stream.{side}.output.field.separator"] ?? "\t",
        int.Parse(conf[$"stream.num.{side}.output.key.fields"] ?? "1", CultureInfo.InvariantCulture));

    /// <exception cref="AttemptFailedException">It exits with a code that counts as failure.</exception>
    public static void Run(
        AttemptContext context, string command, Action<Stream> feed, StreamingProgram.LineHandler output)
    {
        var program = new StreamingProgram(CommandLineSplit.Words(command), context.WorkDirectory, context.Environment);
        var code = program.Run(feed, output, context.Errors.ReadAll, context.Stop);
        if (code == 0 || !context.Conf.Bool(JobConf.NonZeroExitIsFailure))
            return;
        var message = $"PipeMapRed.waitOutputThreads(): subprocess failed with code {code}";
        context.Errors.Log($"java.lang.RuntimeException: {message}");
        throw new AttemptFailedException(message);
    }
}
