using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Manage;

/// <summary><c>qmgr</c>: looks at and sets up the server, its queues and nodes.</summary>
internal sealed class QmgrCommand
{
    private const int SyntaxExit = 1, RefusedExit = 2, UnreachableExit = 3;

    private const string Usage = "usage: qmgr [-a] [-c command] [-e] [-n] [-z] [server]";

    private const string Help = """
        Verbs:   active create delete help list print quit set unset
        Objects: server queue node
        list queue [names] [attributes]          set queue names attribute = value, attribute += value
        print server | queue [names]             unset queue names attributes
        create queue name [attribute = value]    delete queue names

        """;

    private readonly CommandContext _context;
    private readonly IServerLink _link;
    private readonly HashSet<char> _options;
    private readonly Dictionary<StatusOf, IReadOnlyList<string>> _active = [];

    private QmgrCommand(CommandContext context, IServerLink link, HashSet<char> options)
    {
        _context = context;
        _link = link;
        _options = options;
    }

    public static int Run(CommandContext context, IReadOnlyList<string> arguments, bool isTerminal)
    {
        HashSet<char> options = [];
        string? command = null;
        var getopt = new Getopt("qmgr", "ac:enz-:", arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option is Getopt.Wrong or Getopt.Long)
                throw new CommandFailure(SyntaxExit, Usage);
            options.Add(option);
            command = option == 'c' ? argument : command;
        }
        using var link = Connect(context, getopt.AllOperands);
        var qmgr = new QmgrCommand(context, link, options);
        return command is not null ? qmgr.Execute(command) ?? 0 : qmgr.ReadAll(isTerminal);
    }

    private static IServerLink Connect(CommandContext context, IReadOnlyList<string> operands)
    {
        try
        {
            return context.Connect(operands.Count > 0 ? operands[0] : null);
        }
        catch (ServerUnreachableException e)
        {
            throw new CommandFailure(UnreachableExit, $"qmgr: cannot connect to server {(operands.Count > 0 ? operands[0] : "")} (errno={e.Number}) {e.Reason}");
        }
    }

    private int ReadAll(bool isTerminal)
    {
        using var input = new StreamReader(_context.OpenInput());
        var exitCode = 0;
        while (true)
        {
            if (isTerminal)
            {
                _context.Out.Write("Qmgr: ");
                _context.Flush();
            }
            if (input.ReadLine() is not { } line)
                return exitCode;
            while (line.EndsWith('\\') && input.ReadLine() is { } more)
                line = line[..^1] + more;
            if (_options.Contains('e'))
                _context.Out.Write($"{line}\n");
            if (Execute(line) is not { } code)
                return exitCode;
            _context.Out.Flush();
            exitCode = code != 0 ? code : exitCode;
            if (code != 0 && _options.Contains('a'))
                return exitCode;
        }
    }

    /// <returns>The exit code; null if this was to be the last line.</returns>
    private int? Execute(string line)
    {
        line = line.Trim();
        if (line.Length == 0 || line[0] == '#')
            return 0;
        QmgrStatement statement;
        try
        {
            statement = QmgrParser.Parse(line);
        }
        catch (QmgrSyntaxException e)
        {
            Say($"qmgr: Syntax error\n{line}\n{new string(' ', e.Column)}^");
            return SyntaxExit;
        }
        switch (statement.Verb)
        {
            case QmgrVerb.Quit:
                return null;
            case QmgrVerb.Help:
                _context.Out.Write(Help);
                return 0;
            case QmgrVerb.Active:
                _active[statement.Of] = statement.Names;
                return 0;
            case QmgrVerb.List or QmgrVerb.Print:
                return _options.Contains('n') ? 0 : Show(statement);
            default:
                return _options.Contains('n') ? 0 : Change(statement);
        }
    }

    private IReadOnlyList<string> NamesOf(QmgrStatement statement) =>
        statement.Names.Count > 0 ? statement.Names : _active.GetValueOrDefault(statement.Of, []);

    private int Change(QmgrStatement statement)
    {
        var verb = statement.Verb switch
        {
            QmgrVerb.Create => ManageVerb.Create,
            QmgrVerb.Delete => ManageVerb.Delete,
            QmgrVerb.Set => ManageVerb.Set,
            _ => ManageVerb.Unset,
        };
        var exitCode = 0;
        foreach (var name in statement.Of == StatusOf.Server ? [""] : NamesOf(statement) is { Count: > 0 } names ? names : [""])
        {
            var reply = _link.Ask(new Request.Manage(verb, statement.Of, name, statement.Changes));
            if (reply.IsError())
                exitCode = Refused(reply, name);
        }
        return exitCode;
    }

    private int Show(QmgrStatement statement)
    {
        var reply = _link.Ask(new Request.Status(statement.Of, statement.Of == StatusOf.Server ? [] : NamesOf(statement), []));
        if (reply.IsError())
            return Refused(reply, string.Join(',', NamesOf(statement)));
        var isPrint = statement.Verb == QmgrVerb.Print;
        if (isPrint && statement.Of == StatusOf.Server && statement.Changes.Count == 0)
            PrintQueues();
        foreach (var record in reply.Records ?? [])
        {
            if (!isPrint)
                QmgrPrinter.List(_context.Out, statement.Of switch { StatusOf.Server => "Server", StatusOf.Queues => "Queue", _ => "Node" }, record, statement.Changes);
            else if (statement.Of == StatusOf.Server)
                QmgrPrinter.PrintServer(_context.Out, record, statement.Changes);
            else
                QmgrPrinter.PrintObject(_context.Out, statement.Of == StatusOf.Queues ? "queue" : "node", record, statement.Changes);
        }
        return 0;
    }

    /// <summary>All of a server is its queues too.</summary>
    private void PrintQueues()
    {
        _context.Out.Write("#\n# Create queues and set their attributes.\n#\n");
        foreach (var queue in _link.Ask(new Request.Status(StatusOf.Queues, [], [])).Records ?? [])
            QmgrPrinter.PrintObject(_context.Out, "queue", queue, []);
    }

    private int Refused(Reply reply, string name)
    {
        Say($"qmgr obj={name} svr=default: {reply.Text()}");
        return RefusedExit;
    }

    private void Say(string message)
    {
        if (!_options.Contains('z'))
            _context.Error.WriteLine(message);
    }
}
