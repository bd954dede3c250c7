using System.Globalization;
using System.Text;

namespace Agora.Hadoop.Cli;

/// <summary>A job's history as <c>JobHistory</c> wrote it: one record a line, those of one task or attempt joined.</summary>
internal sealed class HistoryFile
{
    private readonly Dictionary<string, Dictionary<string, string>> _tasks = [], _attempts = [];

    private HistoryFile()
    {
    }

    public Dictionary<string, string> Job { get; } = [];
    public IEnumerable<IReadOnlyDictionary<string, string>> Tasks => _tasks.Values;
    public IEnumerable<IReadOnlyDictionary<string, string>> Attempts => _attempts.Values;

    public static HistoryFile Parse(string text)
    {
        var history = new HistoryFile();
        foreach (var line in text.Split(" .\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var (kind, values) = Record(line);
            var into = kind switch
            {
                "Job" => history.Job,
                "Task" => Joined(history._tasks, values["TASKID"]),
                "MapAttempt" or "ReduceAttempt" => Joined(history._attempts, values["TASK_ATTEMPT_ID"]),
                _ => [],
            };
            foreach (var (key, value) in values)
                into[key] = value;
        }
        return history;
    }

    public static long Ms(IReadOnlyDictionary<string, string> record, string key) =>
        long.TryParse(record.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : 0;

    /// <summary>Counters out of <c>{(group)(shown as)[(name)(shown as)(value)]…}</c>.</summary>
    public static IEnumerable<(string Group, string Name, long Value)> Counters(string text)
    {
        var group = "";
        List<string> parts = [];
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '{' or '[':
                    parts.Clear();
                    break;
                case '(':
                    var part = new StringBuilder();
                    for (i++; text[i] != ')'; i++)
                        part.Append(text[i] == '\\' ? text[++i] : text[i]);
                    parts.Add(part.ToString());
                    if (parts.Count == 2)
                        group = i + 1 < text.Length && text[i + 1] == '(' ? group : parts[1];
                    break;
                case ']':
                    yield return (group, parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture));
                    break;
            }
        }
    }

    private static Dictionary<string, string> Joined(Dictionary<string, Dictionary<string, string>> all, string id) =>
        all.TryGetValue(id, out var record) ? record : all[id] = [];

    private static (string Kind, Dictionary<string, string> Values) Record(string line)
    {
        Dictionary<string, string> values = [];
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var kind = blank < 0 ? line : line[..blank];
        for (var i = blank + 1; i > 0 && i < line.Length; i++)
        {
            var equals = line.IndexOf("=\"", i, StringComparison.Ordinal);
            if (equals < 0)
                break;
            var key = line[i..equals];
            var value = new StringBuilder();
            for (i = equals + 2; i < line.Length && line[i] != '"'; i++)
                value.Append(line[i] == '\\' && i + 1 < line.Length ? line[++i] : line[i]);
            values[key] = value.ToString();
            i++;
        }
        return (kind, values);
    }
}
