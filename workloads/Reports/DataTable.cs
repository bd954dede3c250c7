using System.Globalization;

namespace Agora.Workloads.Reports;

/// <summary>Raw data, left as CSV.</summary>
/// <param name="Name">The file's, without its end.</param>
internal sealed record DataTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object>> Rows)
{
    public void Save(string directory) => File.WriteAllLines(Path.Combine(directory, Name + ".csv"),
        Rows.Select(r => string.Join(',', r.Select(c => Convert.ToString(c, CultureInfo.InvariantCulture))))
            .Prepend(string.Join(',', Columns)));
}
