using Agora.Torque.Cli.Submit;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Manage;

/// <summary>
/// Reads <c>qmgr</c>'s language: <c>set queue a,b max_running = 5, resources_default.walltime = 1:00:00</c>. Verbs and
/// objects may be shortened.
/// </summary>
internal static class QmgrParser
{
    private static readonly string[] Objects = ["server", "queue", "node"];

    private static readonly StatusOf[] Kinds = [StatusOf.Server, StatusOf.Queues, StatusOf.Nodes];

    /// <exception cref="QmgrSyntaxException">It is no such line.</exception>
    public static QmgrStatement Parse(string line)
    {
        var at = 0;
        var verbWord = Word(line, ref at);
        var verb = VerbOf(verbWord) ?? throw new QmgrSyntaxException(at - verbWord.Length);
        if (verb is QmgrVerb.Help or QmgrVerb.Quit)
            return new QmgrStatement(verb, StatusOf.Server, [], []);
        var objectWord = Word(line, ref at);
        var kind = KindOf(objectWord.ToString()) ?? throw new QmgrSyntaxException(at - objectWord.Length);
        var names = Names(line, ref at, kind, verb);
        var rest = line[at..].Trim();
        if (verb is QmgrVerb.Create or QmgrVerb.Delete && names.Count == 0 || verb is QmgrVerb.Set or QmgrVerb.Unset && rest.Length == 0)
            throw new QmgrSyntaxException(line.Length);
        return new QmgrStatement(verb, kind, names, Changes(rest, verb, line));
    }

    private static QmgrVerb? VerbOf(string word)
    {
        if (word is "?" or "exit")
            return word == "?" ? QmgrVerb.Help : QmgrVerb.Quit;
        foreach (var verb in Enum.GetValues<QmgrVerb>())
        {
            if (word.Length > 0 && verb.ToString().StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return verb;
        }
        return null;
    }

    private static StatusOf? KindOf(string word)
    {
        for (var i = 0; i < Objects.Length; i++)
        {
            if (word.Length > 0 && (Objects[i].StartsWith(word, StringComparison.OrdinalIgnoreCase) || word == Objects[i] + "s"))
                return Kinds[i];
        }
        return null;
    }

    private static string Word(string line, ref int at)
    {
        while (at < line.Length && char.IsWhiteSpace(line[at]))
            at++;
        var from = at;
        while (at < line.Length && !char.IsWhiteSpace(line[at]))
            at++;
        return line[from..at];
    }

    /// <summary>Without a name, what stands there is an attribute; for a server, names are only those behind <c>@</c>.</summary>
    private static IReadOnlyList<string> Names(string line, ref int at, StatusOf kind, QmgrVerb verb)
    {
        var after = at;
        var word = Word(line, ref after);
        var follows = line[after..].TrimStart();
        var isAttribute = word.Contains('=') || HasOperator(follows) ||
            kind == StatusOf.Server && !word.StartsWith('@') && verb is not (QmgrVerb.Active or QmgrVerb.Create or QmgrVerb.Delete);
        if (word.Length == 0 || isAttribute)
            return [];
        at = after;
        // Only one server is there; what is named behind '@' is looked up when the connection is made.
        return [.. word.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => n.Split('@')[0]).Where(n => n.Length > 0)];
    }

    private static bool HasOperator(string text) => text.StartsWith('=') ||
        text.StartsWith("+=", StringComparison.Ordinal) || text.StartsWith("-=", StringComparison.Ordinal);

    private static List<AttributeChange> Changes(string text, QmgrVerb verb, string line)
    {
        List<AttributeChange> changes = [];
        if (text.Length == 0)
            return changes;
        var takesValues = verb is QmgrVerb.Create or QmgrVerb.Set;
        foreach (var part in ShellWords.SplitList(text, ','))
        {
            var equal = part.IndexOf('=');
            var from = equal > 0 && part[equal - 1] is '+' or '-' ? equal - 1 : equal;
            var name = (equal < 0 ? part : part[..Math.Max(from, 0)]).Trim();
            if (takesValues && !IsName(name) || takesValues && equal < 0)
            {
                // No attribute, so this comma was one of a value's.
                if (changes.Count == 0)
                    throw new QmgrSyntaxException(line.Length - text.Length);
                changes[^1] = changes[^1] with { Value = $"{changes[^1].Value},{part.Trim()}" };
                continue;
            }
            if (!IsName(name) || !takesValues && equal >= 0)
                throw new QmgrSyntaxException(line.Length - text.Length);
            var dot = name.IndexOf('.');
            changes.Add(new AttributeChange(dot < 0 ? name : name[..dot], dot < 0 ? null : name[(dot + 1)..],
                takesValues ? Unquote(part[(equal + 1)..].Trim()) : "", from < equal ? part[from..(equal + 1)] : "="));
        }
        return changes;
    }

    private static bool IsName(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static string Unquote(string text) =>
        text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;
}

/// <summary>A line that <c>qmgr</c> does not understand.</summary>
/// <param name="column">Where it stops to be understood, from 0.</param>
internal sealed class QmgrSyntaxException(int column) : Exception
{
    public int Column { get; } = column;
}
