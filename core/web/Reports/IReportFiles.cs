namespace Agora.Web.Reports;

/// <summary>The directory with the reports of experiments. No path leads out of it.</summary>
public interface IReportFiles
{
    /// <summary>Where it is, for people.</summary>
    string Place { get; }

    /// <summary>What a directory holds, links and the like left out.</summary>
    /// <param name="path">Beneath this one; empty for itself.</param>
    /// <returns>Nothing where there is no such directory.</returns>
    IReadOnlyList<ReportFile> List(string path);

    /// <returns>Null if there is no such file, or the path leads out.</returns>
    Stream? Open(string path);
}

/// <param name="Bytes">0 for a directory.</param>
public readonly record struct ReportFile(string Name, bool IsDirectory, long Bytes, DateTimeOffset Modified);
