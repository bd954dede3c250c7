namespace Agora.Torque.Cli.Submit;

/// <summary>What is said where <c>qsub</c> is called wrongly.</summary>
internal static class QsubUsage
{
    public const int ExitCode = 2;

    private const string Text = """
        usage: qsub [-a date_time] [-A account_string] [-b secs]
            [-c checkpoint] [-C directive_prefix] [-d directory] [-D root_directory] [-e path] [-f]
            [-F "script arguments"] [-h] [-I [-x]] [-j oe|eo|n] [-J first-last[:step][%limit]]
            [-k o|e|oe|n] [-K seconds] [-l resource_list] [-m n|abef] [-M users] [-n] [-N name] [-o path]
            [-p priority] [-P project] [-q queue] [-r y|n] [-S path] [-t array[%limit]] [-T name]
            [-u users] [-v variables] [-V] [-w directory] [-W attributes] [-z] [script | -- program args]

        """;

    /// <param name="heading">In its brackets, such as <c>[qsub: illegal -N value]</c>.</param>
    public static CommandFailure Failure(string heading) => new(ExitCode, $"{heading}\n\n{Text}");

    public static CommandFailure Illegal(char option) => Failure($"[qsub: illegal -{option} value{(option == 'r' ? " (y/n)" : "")}]");
}
