using System.Text.Json.Serialization;

namespace Agora.Torque.Jobs.Wire;

/// <summary>What goes between the commands and the server, as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Request))]
[JsonSerializable(typeof(Reply))]
public sealed partial class PbsJson : JsonSerializerContext;
