using Agora.Web.Reports;

namespace Agora.Web.Api;

/// <summary><c>/api/v1/reports</c>: reports of experiments, and their files.</summary>
internal sealed class ReportsApi(ReportShelf shelf, TimeProvider time)
{
    /// <summary>
    /// A report is data, whatever is in it: it runs nothing, asks for nothing, and is framed by our pages only. Its pictures are inside it.
    /// </summary>
    private const string FilePolicy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'";

    private static readonly Listing<ExperimentReport> Reports = new(
        r => [r.Id, r.Experiment, r.Mode],
        new()
        {
            ["id"] = r => r.Id,
            ["experiment"] = r => r.Experiment,
            ["mode"] = r => r.Mode,
            ["made"] = r => r.Made,
        }, (json, r) =>
        {
            json.WriteStartObject();
            WriteFacts(json, r);
            json.WriteEndObject();
        });

    public Task List(HttpContext context)
    {
        if ((ListQuery.TryRead(context.Request.Query, out var query) ?? Reports.Check(query)) is { } wrong)
            return Answers.Refuse(context, StatusCodes.Status400BadRequest, wrong);
        var found = Reports.Find(shelf.All(), query);
        return Answers.Json(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("directory", shelf.Place);
            Reports.WritePart(json, found, query);
            json.WriteEndObject();
        });
    }

    /// <summary>One report, or with <c>?file=</c> one of its files.</summary>
    public Task One(HttpContext context)
    {
        var id = (string?)context.Request.RouteValues["id"] ?? "";
        if (shelf.Find(id) is not { } report)
            return Answers.Refuse(context, StatusCodes.Status404NotFound, $"there is no report '{id}' here");
        if (context.Request.Query["file"] is { Count: > 0 } file)
            return Send(context, report, file.ToString());
        return Answers.Json(context, json =>
        {
            json.WriteStartObject();
            WriteFacts(json, report);
            json.WriteStartArray("files");
            foreach (var each in report.Files)
            {
                json.WriteStartObject();
                json.WriteString("name", each.Name);
                json.WriteNumber("size", each.Bytes);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WritePropertyName("results");
            if (report.Results is { } results)
                results.WriteTo(json);
            else
                json.WriteNullValue();
            json.WriteEndObject();
        });
    }

    private async Task Send(HttpContext context, ExperimentReport report, string name)
    {
        await using var content = shelf.Open(report, name);
        if (content is null)
        {
            await Answers.Refuse(context, StatusCodes.Status404NotFound, $"report '{report.Id}' has no file '{name}'");
            return;
        }
        var answer = context.Response;
        answer.ContentType = ReportShelf.Types[Path.GetExtension(name)];
        answer.ContentLength = content.Length;
        answer.Headers.ContentSecurityPolicy = FilePolicy;
        answer.Headers.CacheControl = "private, no-cache";
        if (context.Request.Query.ContainsKey("download"))
            answer.Headers.ContentDisposition = "attachment";
        if (!HttpMethods.IsHead(context.Request.Method))
            await content.CopyToAsync(answer.Body, context.RequestAborted);
    }

    private static void WriteFacts(System.Text.Json.Utf8JsonWriter json, ExperimentReport report)
    {
        json.WriteString("id", report.Id);
        json.WriteString("experiment", report.Experiment);
        json.WriteString("mode", report.Mode);
        json.WriteString("made", report.Made);
        json.WriteBoolean("hasPage", report.HasPage);
    }
}
