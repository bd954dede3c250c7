namespace Agora.Spark.Submit;

/// <summary>What was asked for cannot be done; the message is for the user.</summary>
internal sealed class SubmitException(string message) : Exception(message);
