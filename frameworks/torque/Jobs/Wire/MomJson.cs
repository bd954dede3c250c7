using System.Text.Json.Serialization;

namespace Agora.Torque.Jobs.Wire;

/// <summary>What goes between the server and the moms, as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MomOrder))]
[JsonSerializable(typeof(MomReport))]
[JsonSerializable(typeof(MomWelcome))]
public sealed partial class MomJson : JsonSerializerContext;
