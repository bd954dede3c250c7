using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agora.Torque.Jobs.Wire;

/// <summary>
/// A record as one array of strings: its name, then names and values of its attributes in turn. A whole <c>qstat</c> is
/// 100,000 of them, and must not take a second.
/// </summary>
internal sealed class StatusRecordConverter : JsonConverter<StatusRecord>
{
    /// <summary>Names by their place in the record before: nearly always they are the same again.</summary>
    [ThreadStatic]
    private static List<KnownName>? _known;

    private sealed record KnownName(byte[] Written, string Name, string? Resource);

    public override StatusRecord Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.String)
            throw new JsonException("a record is an array that begins with a name");
        var name = reader.GetString()!;
        _known ??= [];
        var attributes = new List<JobAttribute>(_known.Count);
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            var known = NameOf(ref reader, _known, attributes.Count);
            if (!reader.Read() || reader.TokenType != JsonTokenType.String)
                throw new JsonException($"{known.Name} of {name} has no value");
            attributes.Add(new JobAttribute(known.Name, known.Resource, reader.GetString()!));
        }
        if (reader.TokenType != JsonTokenType.EndArray)
            throw new JsonException("a record holds strings alone");
        return new StatusRecord(name, attributes);
    }

    private static KnownName NameOf(ref Utf8JsonReader reader, List<KnownName> known, int place)
    {
        if (place < known.Count && !reader.HasValueSequence && reader.ValueSpan.SequenceEqual(known[place].Written))
            return known[place];
        var full = reader.GetString()!;
        var dot = full.IndexOf('.');
        var found = new KnownName(reader.HasValueSequence ? [] : reader.ValueSpan.ToArray(),
            dot < 0 ? full : full[..dot], dot < 0 ? null : full[(dot + 1)..]);
        if (place < known.Count)
            known[place] = found;
        else
            known.Add(found);
        return found;
    }

    public override void Write(Utf8JsonWriter writer, StatusRecord value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(value.Name);
        foreach (var attribute in value.Attributes)
        {
            writer.WriteStringValue(attribute.Resource is null ? attribute.Name : $"{attribute.Name}.{attribute.Resource}");
            writer.WriteStringValue(attribute.Value);
        }
        writer.WriteEndArray();
    }
}
