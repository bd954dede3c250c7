using System.Net;
using System.Text;

namespace Agora.Workloads.Reports;

/// <summary>One file that holds the tables, the pictures and what is to be known of them.</summary>
internal static class HtmlReport
{
    public static string Of(IReadOnlyList<(Report Report, Findings Findings)> parts)
    {
        var title = parts.Count == 1 ? Title(parts[0].Report) : $"Agora's experiments ({parts[0].Report.Mode})";
        var html = new StringBuilder($$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title>
            <style>
            body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            table { border-collapse: collapse } th, td { padding: .2rem .8rem; border-bottom: 1px solid #ddd; text-align: left }
            td.number { text-align: right; font-variant-numeric: tabular-nums } figure { margin: 2rem 0 } img { max-width: 100% }
            figcaption, footer { color: #555 } h2 { margin-top: 4rem }
            </style></head><body>
            <h1>{{title}}</h1>

            """);
        if (parts.Count > 1)
            html.Append("<ul>").AppendJoin("", parts.Select(p => $"<li><a href=\"#{p.Report.Experiment}\">{Title(p.Report)}</a></li>")).Append("</ul>\n");
        foreach (var (report, findings) in parts)
        {
            if (parts.Count > 1)
                html.Append($"<h2 id=\"{report.Experiment}\">{Title(report)}</h2>\n");
            Add(html, report, findings);
        }
        var first = parts[0].Report;
        return html.Append("<footer>").Append(Text($"{first.Mode}; seed {first.Seed}; Agora {Report.Version}; {Report.Machine}"))
            .Append("</footer></body></html>\n").ToString();
    }

    private static void Add(StringBuilder html, Report report, Findings findings)
    {
        foreach (var picture in findings.Pictures)
        {
            html.Append("<figure><img alt=\"").Append(Text(picture.Name)).Append("\" src=\"data:image/png;base64,")
                .Append(Convert.ToBase64String(picture.Png(report.Mode))).Append("\"><figcaption>").Append(Text(picture.Caption))
                .Append("</figcaption></figure>\n");
        }
        html.Append($"<table><tr><th>figure, {report.Mode}</th><th>paper</th><th>ours</th><th>ratio</th><th>unit</th><th>source</th></tr>\n");
        foreach (var row in report.Rows)
        {
            html.Append("<tr><td>").Append(Text(row.Metric)).Append("</td>");
            foreach (var number in (double?[])[row.Anchor, row.Agora, row.Ratio])
                html.Append("<td class=\"number\">").Append(number is { } n ? Report.Number(n) : "").Append("</td>");
            html.Append("<td>").Append(Text(row.Unit)).Append("</td><td>").Append(Text(row.AnchorSource)).Append("</td></tr>\n");
        }
        html.Append("</table>\n");
        foreach (var note in findings.Notes)
            html.Append("<p>").Append(Text(note)).Append("</p>\n");
    }

    private static string Title(Report report) => $"{report.Experiment} ({report.Mode})";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
