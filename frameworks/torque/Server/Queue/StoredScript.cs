namespace Agora.Torque.Server.Queue;

/// <param name="Digest">Of the text; scripts that are the same are kept once.</param>
public sealed record StoredScript(string Digest, byte[] Text);
