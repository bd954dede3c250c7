namespace Agora.Daemon.Fetching;

/// <summary>An artifact could not be brought into the sandbox; the message says what, why and what to do.</summary>
public sealed class FetchException(string message, Exception? inner = null) : Exception(message, inner);
