namespace Agora.Workloads.Simulated.Locality;

/// <summary>One job.</summary>
/// <param name="Local">Part of its maps that ran on a node with their data.</param>
/// <param name="Seconds">From its submission to its end.</param>
/// <param name="Declined">Offers its instance answered without a task, for each launched.</param>
internal readonly record struct LocalityMeasure(int Instance, double Local, double Seconds, double Declined);
