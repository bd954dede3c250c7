using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>What a job, or an array with all its elements, was submitted with.</summary>
/// <param name="Json">Attributes and the script's digest.</param>
public sealed record StoredForm(JobId Id, byte[] Json);
