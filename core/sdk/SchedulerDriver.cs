namespace Agora.Sdk;

/// <summary>Runs an <see cref="IScheduler"/> against a live master.</summary>
public sealed class SchedulerDriver;
