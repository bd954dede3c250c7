using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Programs;

/// <summary>
/// A job's <c>-mapdebug</c> or <c>-reducedebug</c>: run where an attempt has failed, it is given the names of the files
/// that hold the attempt's standard output, standard error and system log, and the job's properties.
/// </summary>
internal static class DebugScript
{
    public const string OutputName = "debugout";

    /// <param name="logs">The attempt's directory of logs, which gets what the script writes.</param>
    /// <param name="failure">Why the attempt failed.</param>
    /// <returns>The last lines of what the script wrote; null if there are none or no script.</returns>
    /// <exception cref="OperationCanceledException">The attempt was to stop meanwhile.</exception>
    public static string? Run(AttemptContext context, string logs, string failure)
    {
        var property = context.Id.Task.Kind == TaskKind.Map ? JobConf.MapDebugScript : JobConf.ReduceDebugScript;
        if (CommandLineSplit.Words(context.Conf.Text(property)) is not { Count: > 0 } words)
            return null;
        string output = Path.Combine(logs, "stdout"), system = Path.Combine(logs, "syslog"),
            properties = Path.Combine(context.Directory, "job.xml");
        // A program's standard output is its records, so nothing of it is in a log.
        File.WriteAllBytes(output, []);
        File.WriteAllText(system, failure + "\n");
        File.WriteAllText(properties, JobConfXml.Of(context.Conf));
        using var said = new ErrorOutput(Path.Combine(logs, OutputName), context.Progress);
        try
        {
            var script = new StreamingProgram([.. words, output, Path.Combine(logs, "stderr"), system, properties],
                context.WorkDirectory, context.Environment);
            var code = script.Run(_ => { }, said.ReadAll, said.ReadAll, context.Stop);
            if (code != 0)
                said.Log($"the debug script {words[0]} ended with code {code}");
        }
        catch (ProgramMissingException e)
        {
            said.Log(e.Message);
        }
        return said.Tail;
    }
}
