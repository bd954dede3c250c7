using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agora.Sdk;

/// <summary>
/// What a framework shows of itself on the dashboard: facts, tables and sentences, in the framework's own words. Made anew each
/// time; <see cref="PagePublisher"/> sends it when it has changed.
/// </summary>
/// <param name="kind">What kind of framework it is, in a word: pages of one kind stand together.</param>
/// <param name="title">Such as <c>MapReduce jobs</c>.</param>
public sealed class FrameworkPage(string kind, string title)
{
    /// <summary>Rows of a table; of more it is said how many there are.</summary>
    public const int RowsMax = 100;

    /// <summary>Characters of a cell; longer texts are cut.</summary>
    public const int TextMax = 300;

    private readonly List<(string Name, PageCell Value)> _facts = [];
    private readonly List<PageTable> _tables = [];
    private readonly List<string> _notes = [];

    public string Kind => kind;

    /// <summary>A figure that stands by itself.</summary>
    public FrameworkPage Fact(string name, PageCell value)
    {
        _facts.Add((name, value));
        return this;
    }

    /// <summary>A sentence, such as what somebody waits for and why.</summary>
    public FrameworkPage Note(string sentence)
    {
        _notes.Add(sentence);
        return this;
    }

    public FrameworkPage Table(string name, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<PageCell>> rows)
    {
        _tables.Add(new PageTable(name, columns, [.. rows]));
        return this;
    }

    private sealed record PageTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<PageCell>> Rows);

    /// <summary>The document, cut to what a master takes: rows at the ends of tables go first.</summary>
    public string ToJson()
    {
        for (var rows = RowsMax; ; rows /= 2)
            if (ToJson(rows) is var json && (json.Length <= Limits.Default.PageCharsMax || rows == 0))
                return json;
    }

    private string ToJson(int rowsMax)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // Read by a page's own program alone, which puts nothing into HTML.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteString("title", title);
            json.WriteStartArray("facts");
            foreach (var (name, value) in _facts)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WritePropertyName("value");
                value.Write(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (var note in _notes.Take(rowsMax))
                json.WriteStringValue(PageCell.Cut(note));
            json.WriteEndArray();
            json.WriteStartArray("tables");
            foreach (var table in _tables)
                Write(json, table, rowsMax);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, PageTable table, int rowsMax)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        json.WriteNumber("total", table.Rows.Count);
        json.WriteStartArray("columns");
        foreach (var column in table.Columns)
            json.WriteStringValue(column);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in table.Rows.Take(rowsMax))
        {
            json.WriteStartArray();
            foreach (var cell in row)
                cell.Write(json);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
