namespace Agora.Workloads;

/// <summary>A job did not give what it should have, or failed; the measure means nothing.</summary>
internal sealed class WrongOutputException(string message) : Exception(message);
