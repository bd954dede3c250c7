namespace Agora.Workloads.Reports;

/// <summary>Where figures come from. No table and no picture holds both.</summary>
internal enum Mode
{
    /// <summary>Virtual time: the same seed gives the same figures on any machine.</summary>
    Simulated,

    /// <summary>Real processes on this machine.</summary>
    Live,
}
