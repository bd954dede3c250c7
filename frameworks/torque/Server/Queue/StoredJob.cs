using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>How far a job, an array or an element is.</summary>
/// <param name="Json">Empty for an element that is forgotten while its array is not.</param>
public sealed record StoredJob(JobId Id, byte[] Json);
