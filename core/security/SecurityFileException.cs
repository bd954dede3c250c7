namespace Agora.Security;

/// <summary>A file with secrets, rules or certificates cannot be used; the message says which and why, never what it holds.</summary>
public sealed class SecurityFileException(string message, Exception? inner = null) : Exception(message, inner);
