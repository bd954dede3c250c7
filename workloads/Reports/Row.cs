namespace Agora.Workloads.Reports;

/// <summary>One figure.</summary>
/// <param name="Metric">In kebab-case, the same from version to version.</param>
/// <param name="Anchor">A published figure to hold it against, where there is one.</param>
/// <param name="AnchorSource">Where that was published.</param>
public sealed record Row(string Metric, string Unit, double Agora, double? Anchor = null, string AnchorSource = "")
{
    public double? Ratio => Anchor is { } anchor && anchor != 0 ? Agora / anchor : null;
}
