namespace Agora.Torque.Cli.Show;

/// <summary>Columns of a table, as printf pads and cuts them.</summary>
internal static class Columns
{
    /// <summary>At the column's left; blanks behind it.</summary>
    public static void Left(this TextWriter to, ReadOnlySpan<char> text, int width, int cut = int.MaxValue)
    {
        if (text.Length > cut)
            text = text[..cut];
        to.Write(text);
        Blanks(to, width - text.Length);
    }

    /// <summary>At the column's right; blanks before it.</summary>
    public static void Right(this TextWriter to, ReadOnlySpan<char> text, int width, int cut = int.MaxValue)
    {
        if (text.Length > cut)
            text = text[..cut];
        Blanks(to, width - text.Length);
        to.Write(text);
    }

    private static void Blanks(TextWriter to, int count)
    {
        const string blanks = "                                ";
        for (; count > 0; count -= blanks.Length)
            to.Write(blanks.AsSpan(0, Math.Min(count, blanks.Length)));
    }
}
