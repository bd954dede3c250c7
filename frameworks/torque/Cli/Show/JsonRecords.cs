using System.Globalization;
using System.Text;
using System.Text.Json;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary>
/// <c>-F json</c> is OpenPBS's, so it speaks OpenPBS's words: a finished job is in state F and has an <c>Exit_status</c>.
/// </summary>
/// <param name="collection">What the records are: <c>Jobs</c>, <c>Queue</c>, <c>Server</c>, <c>nodes</c>.</param>
internal sealed class JsonRecords(string collection, DateTimeOffset now) : IStatusLayout
{
    private readonly Dictionary<string, StatusRecord> _records = [];
    private string _server = "";

    public IReadOnlyList<string> Attributes { get; } = [];

    public void Show(TextWriter to, IEnumerable<StatusRecord> records, string server)
    {
        _server = server;
        foreach (var record in records)
            _records[record.Name] = record;
    }

    public void End(TextWriter to)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true,
            IndentSize = 4,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp", now.ToUnixTimeSeconds());
            json.WriteString("pbs_version", AgoraVersion.Text);
            json.WriteString("pbs_server", _server);
            if (_records.Count > 0)
            {
                json.WriteStartObject(collection);
                foreach (var record in _records.Values)
                    Write(json, record);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        to.Write(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
        to.Write('\n');
    }

    private static void Write(Utf8JsonWriter json, StatusRecord record)
    {
        json.WriteStartObject(record.Name);
        foreach (var group in record.Attributes.GroupBy(a => (a.Name, HasResource: a.Resource is not null)))
        {
            if (!group.Key.HasResource)
            {
                Write(json, group.Last());
                continue;
            }
            json.WriteStartObject(group.Key.Name);
            foreach (var attribute in group)
                WriteValue(json, attribute.Resource!, attribute.Value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JobAttribute attribute)
    {
        switch (attribute.Name)
        {
            case "job_state":
                json.WriteString("job_state", attribute.Value == "C" ? "F" : attribute.Value);
                break;
            case "exit_status":
                WriteValue(json, "Exit_status", attribute.Value);
                break;
            case "Variable_List":
                json.WriteStartObject("Variable_List");
                foreach (var (name, value) in VariableList.Parse(attribute.Value))
                    json.WriteString(name, value);
                json.WriteEndObject();
                break;
            default:
                if (AttributeLines.IsTime(attribute.Name))
                    json.WriteString(attribute.Name, AttributeLines.Time(attribute.Value));
                else
                    WriteValue(json, attribute.Name, attribute.Value);
                break;
        }
    }

    private static void WriteValue(Utf8JsonWriter json, string name, string value)
    {
        // A number as it would be written; 007 and +5 are texts.
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) &&
            number.ToString(CultureInfo.InvariantCulture) == value)
            json.WriteNumber(name, number);
        else
            json.WriteString(name, value);
    }
}
