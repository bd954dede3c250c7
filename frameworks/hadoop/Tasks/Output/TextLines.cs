namespace Agora.Hadoop.Tasks.Output;

/// <summary>
/// Passes a program's lines on to text output as they are, where cutting them into key and value and joining those
/// again would change nothing but add a separator to lines that have none. A line may come in parts.
/// </summary>
internal sealed class TextLines(Stream output, byte separator)
{
    private bool _hasSeparator;

    /// <summary>Lines ended so far.</summary>
    public long Records { get; private set; }

    /// <param name="block">Each line in it ended by LF.</param>
    public void Write(ReadOnlySpan<byte> block)
    {
        var done = 0;
        for (var at = 0; at < block.Length;)
        {
            if (!_hasSeparator)
            {
                var hit = block[at..].IndexOfAny(separator, (byte)'\n');
                if (hit < 0)
                    break;
                at += hit;
                _hasSeparator = block[at] == separator;
                if (!_hasSeparator)
                {
                    output.Write(block[done..at]);
                    output.Write([separator]);
                    done = at++;
                    Records++;
                    continue;
                }
            }
            var end = block[at..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            at += end + 1;
            _hasSeparator = false;
            Records++;
        }
        output.Write(block[done..]);
    }
}
