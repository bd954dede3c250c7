using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>A mode as <c>chmod</c> takes it: octal digits, or <c>u+rwX,go-w</c>.</summary>
internal sealed class ModeChange
{
    private readonly List<(int Who, char How, string What)> _changes = [];
    private int? _absolute;

    private ModeChange()
    {
    }

    /// <summary>Null if it is neither.</summary>
    public static ModeChange? Parse(string text)
    {
        var mode = new ModeChange();
        if (text.Length is >= 1 and <= 4 && text.All(c => c is >= '0' and <= '7'))
        {
            mode._absolute = Convert.ToInt32(text, 8);
            return mode;
        }
        foreach (var part in text.Split(','))
        {
            var at = part.IndexOfAny(['+', '-', '=']);
            if (at < 0 || part[..at].Any(c => c is not ('u' or 'g' or 'o' or 'a')) ||
                part[(at + 1)..].Any(c => c is not ('r' or 'w' or 'x' or 'X' or 't')))
                return null;
            var who = part[..at].Aggregate(0, (all, c) => all | c switch { 'u' => 0x1C0, 'g' => 0x38, 'o' => 7, _ => 0x1FF });
            mode._changes.Add((who == 0 ? 0x1FF : who, part[at], part[(at + 1)..]));
        }
        return mode;
    }

    /// <returns>The file's new mode.</returns>
    public int Apply(FileStatus file)
    {
        if (_absolute is { } absolute)
            return absolute;
        var mode = Convert.ToInt32(file.Permission, 8);
        foreach (var (who, how, what) in _changes)
        {
            var bits = 0;
            foreach (var c in what)
            {
                bits |= c switch
                {
                    'r' => 0x124 & who,
                    'w' => 0x92 & who,
                    'x' => 0x49 & who,
                    'X' when file.IsDirectory || (mode & 0x49) != 0 => 0x49 & who,
                    't' => 0x200,
                    _ => 0,
                };
            }
            mode = how switch { '+' => mode | bits, '-' => mode & ~bits, _ => (mode & ~who) | bits };
        }
        return mode;
    }
}
