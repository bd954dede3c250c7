namespace Agora.Security;

/// <summary>
/// Who may do what: lines <c>allow|deny WHO ACTION WHAT</c>, of which the first that fits decides; where none does, it is denied.
/// WHO, ACTION and WHAT are lists with commas; <c>*</c> in WHO and WHAT stands for anything, also in a part of a word, and as
/// ACTION for every action. <c>self</c> as WHAT is the asking principal, for frameworks of its own.
/// </summary>
public sealed class AccessList
{
    private const string Self = "self", Any = "*";
    private const int PatternLengthMax = 256;

    private readonly List<Rule> _rules = [];

    private AccessList()
    {
    }

    private sealed record Rule(int Line, string Text, bool Allows, string[] Who, AccessAction[]? Actions, string[] What)
    {
        public bool Fits(string principal, AccessAction action, string what) =>
            (Actions is null || Actions.Contains(action)) && Who.Any(w => IsLike(principal, w)) &&
            What.Any(w => w == Self ? IsOwned(action) && what == principal : IsLike(what, w));
    }

    /// <param name="By">The rule as it is written, and its line's number; null and 0 where no rule fits.</param>
    public readonly record struct Verdict(bool Allowed, string? By, int Line);

    /// <exception cref="FormatException">A line is wrong; the message has its number.</exception>
    public static AccessList Parse(string text)
    {
        var list = new AccessList();
        foreach (var (number, words) in TextLines.Of(text))
        {
            if (words is not [var verb, var who, var what, var whom])
                throw new FormatException($"line {number}: it is not 'allow|deny WHO ACTION WHAT'");
            if (verb is not ("allow" or "deny"))
                throw new FormatException($"line {number}: it begins with neither allow nor deny");
            if (who.Length > PatternLengthMax || whom.Length > PatternLengthMax)
                throw new FormatException($"line {number}: a word is longer than {PatternLengthMax} characters");
            list._rules.Add(new Rule(number, string.Join(' ', words), verb == "allow", List(who, number), Actions(what, number), List(whom, number)));
        }
        return list;
    }

    /// <exception cref="SecurityFileException">It cannot be used.</exception>
    public static AccessList Load(string path)
    {
        try
        {
            return Parse(PrivateFile.ReadPublic(path));
        }
        catch (FormatException e)
        {
            throw new SecurityFileException($"{path}: {e.Message}", e);
        }
    }

    /// <param name="what">What it is done to: see <see cref="AccessAction"/>.</param>
    public Verdict Judge(string principal, AccessAction action, string what)
    {
        foreach (var rule in _rules)
            if (rule.Fits(principal, action, what))
                return new Verdict(rule.Allows, rule.Text, rule.Line);
        return default;
    }

    /// <summary>Actions on what belongs to a principal.</summary>
    private static bool IsOwned(AccessAction action) => action is AccessAction.Kill or AccessAction.Teardown or AccessAction.ReadSandbox;

    private static string[] List(string word, int line)
    {
        var parts = word.Split(',');
        return parts.All(p => p.Length > 0) ? parts : throw new FormatException($"line {line}: a list has an empty part");
    }

    private static AccessAction[]? Actions(string word, int line)
    {
        if (word == Any)
            return null;
        return [.. List(word, line).Select(name => AccessActions.TryParse(name, out var action) ? action
            : throw new FormatException($"line {line}: an action is {string.Join(", ", AccessActions.All)} or *"))];
    }

    /// <summary>Goes back to the last '*' alone, so that it takes no longer than the product of the lengths.</summary>
    private static bool IsLike(string text, string pattern)
    {
        var (t, p, star, retry) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, retry) = (p++, t);
            else if (p < pattern.Length && pattern[p] == text[t])
                (t, p) = (t + 1, p + 1);
            else if (star >= 0)
                (p, t) = (star + 1, ++retry);
            else
                return false;
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
