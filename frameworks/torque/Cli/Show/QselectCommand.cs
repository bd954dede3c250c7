using Agora.Torque.Cli.Server;
using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>qselect</c>: ids of the jobs that meet all that is asked, one a line.</summary>
internal static class QselectCommand
{
    private const string Letters = "a:A:c:eh:l:N:p:q:r:s:tu:-:", Usage = """
        usage: qselect [-a [.op.]date_time] [-A account_string] [-c [.op.]interval] [-h hold_list] [-l resource_list]
               [-N name] [-p [.op.]priority] [-q queue] [-r y|n] [-s states] [-t] [-u user_list]
        """;

    public static int Run(CommandContext context, IReadOnlyList<string> arguments)
    {
        List<AttributeTest> tests = [];
        string? states = null, queue = null, server = null;
        IReadOnlyList<string>? users = null;
        var getopt = new Getopt("qselect", Letters, arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            switch (option)
            {
                case 'a':
                    var (op, time) = Operator(argument);
                    tests.Add(PbsDate.Parse(time, context.Now) is { } date
                        ? new AttributeTest("Execution_Time", null, op, $"{date.ToUnixTimeSeconds()}") : throw Illegal('a'));
                    break;
                case 'p':
                    var (relation, priority) = Operator(argument);
                    tests.Add(OptionValues.IsPriority(priority) ? new AttributeTest("Priority", null, relation, priority) : throw Illegal('p'));
                    break;
                case 'c':
                    var (comparison, interval) = Operator(argument);
                    tests.Add(new AttributeTest("Checkpoint", null, comparison, interval));
                    break;
                case 'l':
                    tests.AddRange(argument.Split(',').Select(Resource));
                    break;
                case 's':
                    states = argument.Length > 0 && argument.All("EHQRTWSCBX".Contains) ? argument : throw Illegal('s');
                    break;
                case 'h':
                    tests.Add(OptionValues.IsHold(argument) ? new AttributeTest("Hold_Types", null, "eq", argument) : throw Illegal('h'));
                    break;
                case 'r':
                    tests.Add(new AttributeTest("Rerunable", null, "eq", OptionValues.Rerunable(argument) ?? throw Illegal('r')));
                    break;
                case 'q':
                    (queue, server) = OptionValues.Destination(argument) ?? throw Illegal('q');
                    break;
                case 'u':
                    users = OptionValues.IsUserList(argument) ? argument.Split(',', StringSplitOptions.TrimEntries) : throw Illegal('u');
                    break;
                case 'A':
                    tests.Add(new AttributeTest("Account_Name", null, "eq", argument));
                    break;
                case 'N':
                    tests.Add(new AttributeTest("Job_Name", null, "eq", argument));
                    break;
                case 't' or 'e':
                    break;
                default:
                    throw new CommandFailure(2, Usage);
            }
        }
        if (getopt.AllOperands.Count > 0)
            throw new CommandFailure(2, Usage);
        // Elements of arrays one by one, as batchtools looks for them.
        return Select(context, server, new Request.Select(tests, states, queue, users, ExpandArrays: true));
    }

    private static int Select(CommandContext context, string? server, Request.Select request)
    {
        try
        {
            using var link = context.Connect(server);
            var reply = link.Ask(request);
            foreach (var job in reply.Records ?? [])
            {
                context.Out.Write(job.Name);
                context.Out.Write('\n');
            }
            return context.Report(reply, "");
        }
        catch (ServerUnreachableException e)
        {
            throw new CommandFailure(e.ExitCode, $"qselect: {e.Message}");
        }
    }

    private static CommandFailure Illegal(char option) => new(2, $"qselect: illegal -{option} value\n{Usage}");

    /// <summary><c>.gt.5</c>; without an operator, equal.</summary>
    private static (string Operator, string Value) Operator(string text) =>
        text.Length > 4 && text[0] == '.' && text[3] == '.' && IsOperator(text[1..3]) ? (text[1..3], text[4..]) : ("eq", text);

    private static bool IsOperator(string text) => text is "eq" or "ne" or "ge" or "gt" or "le" or "lt";

    /// <summary><c>mem.gt.10mb</c>, or <c>mem=10mb</c>.</summary>
    private static AttributeTest Resource(string text)
    {
        for (var dot = text.IndexOf('.'); dot > 0 && dot + 4 <= text.Length; dot = text.IndexOf('.', dot + 1))
        {
            if (text[dot + 3] == '.' && IsOperator(text[(dot + 1)..(dot + 3)]) && dot + 4 < text.Length)
                return new AttributeTest("Resource_List", text[..dot], text[(dot + 1)..(dot + 3)], text[(dot + 4)..]);
        }
        return text.Split('=') is [{ Length: > 0 } name, { Length: > 0 } value] ? new AttributeTest("Resource_List", name, "eq", value) : throw Illegal('l');
    }
}
