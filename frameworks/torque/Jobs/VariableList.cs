using System.Text;

namespace Agora.Torque.Jobs;

/// <summary>
/// Environment variables in one line, as the attribute <c>Variable_List</c> has them: <c>A=1,B=a\,b</c>. A backslash keeps
/// the comma or the backslash behind it.
/// </summary>
public static class VariableList
{
    /// <summary>One variable behind the others.</summary>
    public static void Append(StringBuilder list, string name, string value)
    {
        if (list.Length > 0)
            list.Append(',');
        list.Append(name).Append('=');
        foreach (var c in value)
        {
            if (c is ',' or '\\')
                list.Append('\\');
            list.Append(c);
        }
    }

    public static string Format(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var list = new StringBuilder();
        foreach (var (name, value) in variables)
            Append(list, name, value);
        return list.ToString();
    }

    /// <summary>Of variables of the same name the last counts. Whatever the text, something is made of it.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> variables = [];
        var item = new StringBuilder();
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && text[at] == '\\' && at + 1 < text.Length && text[at + 1] is ',' or '\\')
            {
                item.Append(text[++at]);
            }
            else if (at < text.Length && text[at] != ',')
            {
                item.Append(text[at]);
            }
            else if (item.Length > 0)
            {
                var variable = item.ToString();
                var equal = variable.IndexOf('=');
                variables[equal < 0 ? variable : variable[..equal]] = equal < 0 ? "" : variable[(equal + 1)..];
                item.Clear();
            }
        }
        return variables;
    }
}
