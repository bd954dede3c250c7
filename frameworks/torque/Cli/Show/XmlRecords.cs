using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary>
/// The original's XML: one document on one line, resources as elements within their attribute. Without any record
/// nothing is written, as its readers expect.
/// </summary>
/// <param name="element">Of a record.</param>
/// <param name="nameElement">Of its name.</param>
/// <param name="hasDeclaration">The document is told to be XML, on a line of its own.</param>
internal sealed class XmlRecords(string element, string nameElement, bool hasDeclaration) : IStatusLayout
{
    private bool _hasBegun;

    public IReadOnlyList<string> Attributes { get; } = [];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        foreach (var record in records)
        {
            if (!_hasBegun)
                to.Write(hasDeclaration ? "<?xml version=\"1.0\"?>\n<Data>" : "<Data>");
            _hasBegun = true;
            Show(to, record);
        }
    }

    public void End(TextWriter to)
    {
        if (_hasBegun)
            to.Write("</Data>\n");
    }

    private void Show(TextWriter to, StatusRecord record)
    {
        to.Write($"<{element}><{nameElement}>");
        WriteEscaped(to, record.Name);
        to.Write($"</{nameElement}>");
        string? open = null;
        foreach (var attribute in record.Attributes)
        {
            var resource = AttributeLines.ResourceOf(attribute);
            if (open is not null && (resource is null || open != attribute.Name))
            {
                to.Write($"</{open}>");
                open = null;
            }
            if (resource is not null && open is null)
            {
                open = attribute.Name;
                to.Write($"<{open}>");
            }
            var name = resource ?? attribute.Name;
            to.Write($"<{name}>");
            WriteEscaped(to, attribute.Value);
            to.Write($"</{name}>");
        }
        if (open is not null)
            to.Write($"</{open}>");
        to.Write($"</{element}>");
    }

    private static void WriteEscaped(TextWriter to, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny("<>&") is var at and >= 0)
        {
            WriteAllowed(to, text[..at]);
            to.Write(text[at] switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            text = text[(at + 1)..];
        }
        WriteAllowed(to, text);
    }

    /// <summary>Control characters, which an XML document cannot have in any form, become question marks.</summary>
    private static void WriteAllowed(TextWriter to, ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\0', '\x1f') < 0)
        {
            to.Write(text);
            return;
        }
        foreach (var c in text)
            to.Write(c < ' ' && c is not ('\t' or '\n' or '\r') ? '?' : c);
    }
}
