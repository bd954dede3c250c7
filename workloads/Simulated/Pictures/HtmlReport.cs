using System.Net;
using System.Text;

namespace Agora.Workloads.Simulated.Pictures;

/// <summary>One file that holds the table, the pictures and what is to be known of them.</summary>
internal static class HtmlReport
{
    public static string Of(Report report, Findings findings)
    {
        var html = new StringBuilder($$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>{{report.Experiment}} ({{report.Mode}})</title>
            <style>
            body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            table { border-collapse: collapse } th, td { padding: .2rem .8rem; border-bottom: 1px solid #ddd; text-align: left }
            td.number { text-align: right; font-variant-numeric: tabular-nums } figure { margin: 2rem 0 } img { max-width: 100% }
            figcaption, footer { color: #555 }
            </style></head><body>
            <h1>{{report.Experiment}} <small>({{report.Mode}})</small></h1>

            """);
        foreach (var picture in findings.Pictures)
        {
            html.Append("<figure><img alt=\"").Append(Text(picture.Name)).Append("\" src=\"data:image/png;base64,")
                .Append(Convert.ToBase64String(picture.Png())).Append("\"><figcaption>").Append(Text(picture.Caption))
                .Append("</figcaption></figure>\n");
        }
        html.Append("<table><tr><th>figure</th><th>paper</th><th>ours</th><th>ratio</th><th>unit</th><th>source</th></tr>\n");
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
        return html.Append("<footer>").Append(Text($"{report.Mode}; seed {report.Seed}; Agora {Report.Version}; {Report.Machine}"))
            .Append("</footer></body></html>\n").ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
