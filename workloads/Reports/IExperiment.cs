namespace Agora.Workloads.Reports;

/// <summary>An experiment in one of the two modes; one of the same name in the other mode shares its command.</summary>
internal interface IExperiment
{
    /// <summary>As in <c>agora bench NAME</c>.</summary>
    string Name { get; }

    /// <summary>For the command's help.</summary>
    string Description { get; }

    Mode Mode { get; }

    /// <summary>It takes the number of agents as an option.</summary>
    bool IsSized => false;

    Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation);
}
