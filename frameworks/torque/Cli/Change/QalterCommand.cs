using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Change;

/// <summary><c>qalter</c>: other values for what <c>qsub</c> gave a job.</summary>
internal static class QalterCommand
{
    private const string Letters = "a:A:c:e:h:j:k:l:m:M:N:o:p:P:q:r:S:t:u:v:W:x:-:", Usage = """
        usage: qalter [-a date_time] [-A account_string] [-c checkpoint] [-e path] [-h hold_list] [-j oe|eo|n]
               [-k o|e|oe|n] [-l resource_list] [-m n|abe] [-M users] [-N name] [-o path] [-p priority] [-r y|n]
               [-S path] [-t array_range[%limit]] [-u users] [-v variables] [-W attributes] job_id ...
        """;

    public static int Run(CommandContext context, IReadOnlyList<string> arguments)
    {
        List<JobAttribute> attributes = [];
        string? array = null;
        var getopt = new Getopt("qalter", Letters, arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option is Getopt.Wrong or Getopt.Long)
                throw JobCommand.Usage(Usage);
            if (option == 't')
                array = argument;
            else
                attributes.AddRange(Attributes(context, option, argument) ?? throw JobCommand.Usage($"qalter: illegal -{option} value\n{Usage}"));
        }
        var jobs = getopt.AllOperands;
        return jobs.Count > 0 ? JobCommand.ForEach(context, jobs, 0, job => new Request.Alter(job, attributes, array)) : throw JobCommand.Usage(Usage);
    }

    /// <returns>Null if the option cannot be given that.</returns>
    private static IEnumerable<JobAttribute>? Attributes(CommandContext context, char option, string argument)
    {
        static IEnumerable<JobAttribute>? One(string name, string? value, bool isRight = true) =>
            value is not null && isRight ? [new JobAttribute(name, null, value)] : null;
        return option switch
        {
            'a' => One("Execution_Time", $"{PbsDate.Parse(argument, context.Now)?.ToUnixTimeSeconds()}", PbsDate.Parse(argument, context.Now) is not null),
            'A' or 'P' => One("Account_Name", argument, OptionValues.IsAccount(argument)),
            'c' => One("Checkpoint", argument, OptionValues.IsCheckpoint(argument)),
            'e' => One("Error_Path", OptionValues.OutputPath(argument, context.Host, context.Directory)),
            'o' => One("Output_Path", OptionValues.OutputPath(argument, context.Host, context.Directory)),
            'h' => One("Hold_Types", argument, OptionValues.IsHold(argument)),
            'j' => One("Join_Path", argument, OptionValues.IsJoin(argument)),
            'k' => One("Keep_Files", argument, OptionValues.IsKeep(argument)),
            'l' => OptionValues.Resources(argument)?.Select(r => new JobAttribute("Resource_List", r.Key, r.Value)),
            'm' => One("Mail_Points", argument, OptionValues.IsMailPoints(argument)),
            'M' => One("Mail_Users", argument, OptionValues.IsUserList(argument)),
            'N' => One("Job_Name", argument, OptionValues.IsJobName(argument)),
            'p' => One("Priority", argument, OptionValues.IsPriority(argument)),
            'q' => One("queue", argument, OptionValues.Destination(argument) is not null),
            'r' => One("Rerunable", OptionValues.Rerunable(argument)),
            'S' => One("Shell_Path_List", argument, OptionValues.IsShellList(argument)),
            'u' => One("User_List", argument, OptionValues.IsUserList(argument)),
            'v' => One("Variable_List", OptionValues.Variables(argument, context.Variable) is { } list ? VariableList.Format(list) : null),
            'W' => Additional(argument),
            _ => One("exec_host", argument),
        };
    }

    private static IEnumerable<JobAttribute>? Additional(string argument)
    {
        if (AdditionalAttributes.Split(argument) is not { } pairs)
            return null;
        foreach (var (name, value) in pairs)
        {
            if (name == "depend" && AdditionalAttributes.WrongDependency(value) is not null || name == "umask" && !OptionValues.IsUmask(value))
                return null;
        }
        return pairs.Select(p => new JobAttribute(p.Key, null, p.Value));
    }
}
