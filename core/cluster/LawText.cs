using System.Runtime.CompilerServices;

namespace Agora.Cluster;

/// <summary>
/// What is said when a law is broken; put together only then, since laws are checked after every event and hold nearly
/// always.
/// </summary>
[InterpolatedStringHandler]
public ref struct LawText
{
    private DefaultInterpolatedStringHandler _text;

    /// <param name="isWanted">The law is broken, so that the text is needed.</param>
    public LawText(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
