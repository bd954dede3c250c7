namespace Agora.Protocol;

/// <summary>
/// A message of the wire is well-formed protobuf but does not make sense; <see cref="Exception.Message"/> names the
/// field and says what is wrong with it. The connection it came on is of no more use.
/// </summary>
public sealed class WireFormatException(string message) : Exception(message);
