namespace Agora.Spark.Programs;

/// <summary>A program's arguments, in their order.</summary>
internal sealed class ProgramArguments(IReadOnlyList<string> words)
{
    private int _next;

    public string Text(string name) => _next < words.Count ? words[_next++]
        : throw new FormatException($"the program needs {name}");

    public string? TextOrNull() => _next < words.Count ? words[_next++] : null;

    public int Number(int usual)
    {
        if (_next == words.Count)
            return usual;
        var word = words[_next++];
        return int.TryParse(word, out var number) && number > 0 ? number : throw new FormatException($"'{word}' is no number above zero");
    }
}
