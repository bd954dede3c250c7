namespace Agora.Sdk;

/// <summary>The master has ended the framework's session for good; the message is what it said.</summary>
public sealed class SchedulerErrorException(string message) : Exception(message);
