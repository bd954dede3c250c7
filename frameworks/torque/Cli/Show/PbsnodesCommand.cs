using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary><c>pbsnodes</c>: shows nodes, and takes them out of use and back.</summary>
internal static class PbsnodesCommand
{
    private const string Letters = "acdlnoqrs:xF:N:S-:", Usage = """
        usage: pbsnodes [-a] [-x | -F json] [-q] [-s server] [node | :property ...]
               pbsnodes -l [-n] [-s server] [state]
               pbsnodes -o | -c | -r [-N note] [-s server] node ...
               pbsnodes -N note [-s server] node ...
        """;

    public static int Run(CommandContext context, IReadOnlyList<string> arguments)
    {
        HashSet<char> given = [];
        string? server = null, note = null;
        var getopt = new Getopt("pbsnodes", Letters, arguments, context.Error);
        while (getopt.Next(out var option, out var argument))
        {
            if (option is Getopt.Wrong or Getopt.Long || option == 'F' && argument != "json")
                throw new CommandFailure(2, Usage);
            given.Add(option);
            if (option == 's')
                server = argument;
            else if (option == 'N')
                note = argument;
        }
        using var link = Connect(context, server);
        var names = getopt.AllOperands;
        if (given.Overlaps("ocr") || note is not null)
            return names.Count > 0 ? Mark(context, link, names, given, note) : throw new CommandFailure(2, Usage);
        if (!given.Contains('l'))
            return Show(context, link, names, LayoutOf(given, context.Now));
        if (names is [var state] && !NodeList.IsState(state))
            return Show(context, link, names, new NodeList("all", given.Contains('n')));
        return Show(context, link, [], new NodeList(names.Count > 0 ? names[0] : null, given.Contains('n')));
    }

    private static IServerLink Connect(CommandContext context, string? server)
    {
        try
        {
            return context.Connect(server);
        }
        catch (ServerUnreachableException e)
        {
            throw new CommandFailure(1, $"pbsnodes: cannot connect to server {e.Server}, error={e.Number} ({e.Reason})");
        }
    }

    private static IStatusLayout LayoutOf(HashSet<char> given, DateTimeOffset now) =>
        given.Contains('x') ? new XmlRecords("Node", "name", hasDeclaration: false)
        : given.Contains('F') ? new JsonRecords("nodes", now)
        : new NodeBlocks();

    private static int Show(CommandContext context, IServerLink link, IReadOnlyList<string> operands, IStatusLayout layout)
    {
        // A property's nodes are picked here, from all of them.
        List<string> properties = [.. operands.Where(o => o.StartsWith(':')).Select(o => o[1..])];
        List<string> names = [.. operands.Where(o => !o.StartsWith(':'))];
        var exitCode = 0;
        if (names.Count > 0 || properties.Count == 0)
            exitCode = Show(context, link.Ask(new Request.Status(StatusOf.Nodes, names, layout.Attributes)), layout, _ => true);
        if (properties.Count > 0)
        {
            var all = link.Ask(new Request.Status(StatusOf.Nodes, [], []));
            exitCode = Math.Max(exitCode, Show(context, all, layout, node => properties.Intersect(PropertiesOf(node)).Any()));
        }
        layout.End(context.Out);
        return exitCode;
    }

    private static string[] PropertiesOf(StatusRecord node) => (node["properties"] ?? "").Split(',');

    private static int Show(CommandContext context, Reply reply, IStatusLayout layout, Func<StatusRecord, bool> isWanted)
    {
        if (reply.Records is { Count: > 0 } records)
            layout.Show(context.Out, records.Where(isWanted), reply.Server);
        if (!reply.IsError())
            return 0;
        context.Say(reply.Text());
        return 1;
    }

    /// <summary><c>-o</c> takes out of use, <c>-c</c> takes back, <c>-r</c> resets; <c>-N</c> leaves a note.</summary>
    private static int Mark(CommandContext context, IServerLink link, IReadOnlyList<string> names, HashSet<char> given, string? note)
    {
        List<AttributeChange> changes = [];
        if (given.Contains('o'))
            changes.Add(new AttributeChange("state", null, "offline", "+="));
        else if (given.Contains('c'))
            changes.Add(new AttributeChange("state", null, "offline", "-="));
        else if (given.Contains('r'))
            changes.Add(new AttributeChange("state", null, "free"));
        if (note is not null)
            changes.Add(new AttributeChange("note", null, note == "n" ? "" : note));
        var exitCode = 0;
        foreach (var name in names)
        {
            var reply = link.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Nodes, name, changes));
            if (!reply.IsError())
                continue;
            // The original speaks of the note also where there is none: it is set together with the state.
            context.Error.WriteLine($"Error setting note attribute for {name} - {reply.Text()}");
            exitCode = 1;
        }
        return exitCode;
    }
}
