namespace Agora.Workloads.Simulated.Model;

/// <summary>What one run gave. Times in the mean task length.</summary>
/// <param name="RampUp">Until it had been offered every slot once.</param>
/// <param name="Completion">Until its last task ended.</param>
/// <param name="Utilisation">Part of the time it held slots in which they worked.</param>
internal readonly record struct ModelMeasure(double RampUp, double Completion, double Utilisation);
