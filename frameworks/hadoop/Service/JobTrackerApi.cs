using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agora.Hadoop.Jobs;
using Agora.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agora.Hadoop.Service;

/// <summary>
/// What users' commands ask of the JobTracker, over HTTP on the loopback interface:
/// <code>
/// POST /jobs                       a new job id, as text
/// POST /jobs/(id)                  submit: JobSubmission; 200 JobAccepted or 409 JobRefusal
/// GET  /jobs/(id)?after=7&amp;wait=1000  JobStatus, at once or when it is newer than version 7, at most after 1000 ms
/// GET  /jobs                       JobStatus of all jobs
/// GET  /jobs/(id)/tasks            JobTasks
/// POST /jobs/(id)/kill
/// POST /jobs/(id)/priority?to=HIGH
/// POST /attempts/(id)/kill, /attempts/(id)/fail
/// GET  /jobdetails.jsp?jobid=(id)  the job's page for people; /jobfailures.jsp?jobid=(id) with failed attempts only
/// GET  /trackers                   TrackerStatus of nodes on which attempts run
/// </code>
/// What changes something needs a token of who runs the JobTracker, where the cluster knows principals.
/// While the journal cannot be written everything is answered with 503 and the reason as text.
/// </summary>
public sealed class JobTrackerApi(JobTrackerLoop tracker)
{
    /// <summary>The longest a status request may wait.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    /// <summary>The largest submission, in bytes.</summary>
    private const long SubmissionBytesMax = 4 << 20;

    /// <param name="own">Whose tokens who changes something must show; null where nobody is asked for one.</param>
    public static async Task<(WebApplication Web, Uri Address)> StartAsync(JobTrackerLoop tracker, int port, CredentialFile? own = null)
    {
        // Else every change below the current directory is looked at, for a file of settings that there is not.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = SubmissionBytesMax;
        });
        var web = builder.Build();
        var api = new JobTrackerApi(tracker);
        if (own is not null)
            web.Use(new JobTrackerGate(own).CheckAsync);
        web.Use(RefuseWhileStuckAsync);
        web.MapPost("/jobs", (RequestDelegate)api.ReserveAsync);
        web.MapGet("/jobs", (RequestDelegate)api.ListAsync);
        web.MapPost("/jobs/{id}", (RequestDelegate)api.SubmitAsync);
        web.MapGet("/jobs/{id}", (RequestDelegate)api.StatusAsync);
        web.MapGet("/jobs/{id}/tasks", (RequestDelegate)api.TasksAsync);
        web.MapPost("/jobs/{id}/kill", (RequestDelegate)api.KillAsync);
        web.MapPost("/jobs/{id}/priority", (RequestDelegate)api.PrioritizeAsync);
        web.MapPost("/attempts/{id}/kill", context => api.KillAttemptAsync(context, asFailed: false));
        web.MapPost("/attempts/{id}/fail", context => api.KillAttemptAsync(context, asFailed: true));
        web.MapGet("/jobdetails.jsp", context => api.PageAsync(context, failuresOnly: false));
        web.MapGet("/jobfailures.jsp", context => api.PageAsync(context, failuresOnly: true));
        web.MapGet("/trackers", (RequestDelegate)api.TrackersAsync);
        await web.StartAsync();
        var addresses = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return (web, new Uri(addresses.Addresses.First()));
    }

    private static async Task RefuseWhileStuckAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (JournalStuckException e)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(e.Message);
        }
    }

    private async Task ReserveAsync(HttpContext context)
    {
        if (await tracker.ReserveJobIdAsync() is { } id)
        {
            await context.Response.WriteAsync(id.ToString());
            return;
        }
        await AnswerAsync(context, StatusCodes.Status409Conflict, new JobRefusal(RefusalKind.Failed,
            $"all {JobId.NumberMax} job ids of this JobTracker are used up; restart it"), JobsJson.Default.JobRefusal);
    }

    private async Task SubmitAsync(HttpContext context)
    {
        JobSubmission? job;
        try
        {
            job = await JsonSerializer.DeserializeAsync(context.Request.Body, JobsJson.Default.JobSubmission,
                context.RequestAborted);
        }
        catch (JsonException)
        {
            job = null;
        }
        if (job is null || !JobId.TryParse((string)context.Request.RouteValues["id"]!, out var id))
        {
            await AnswerAsync(context, StatusCodes.Status409Conflict,
                new JobRefusal(RefusalKind.Invalid, "the submission cannot be read"), JobsJson.Default.JobRefusal);
            return;
        }
        var (accepted, refusal) = await tracker.SubmitAsync(id, job);
        if (accepted is not null)
            await AnswerAsync(context, StatusCodes.Status200OK, accepted, JobsJson.Default.JobAccepted);
        else
            await AnswerAsync(context, StatusCodes.Status409Conflict, refusal!, JobsJson.Default.JobRefusal);
    }

    private async Task StatusAsync(HttpContext context)
    {
        var query = context.Request.Query;
        _ = long.TryParse(query["after"], out var after);
        _ = int.TryParse(query["wait"], out var waitMs);
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(waitMs, 0, WaitMax.TotalMilliseconds));
        var status = JobId.TryParse((string)context.Request.RouteValues["id"]!, out var id)
            ? await tracker.StatusAfterAsync(id, query.ContainsKey("after") ? after : -1, wait, context.RequestAborted)
            : null;
        if (status is null)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            await AnswerAsync(context, StatusCodes.Status200OK, status, JobsJson.Default.JobStatus);
    }

    private async Task ListAsync(HttpContext context) => await AnswerAsync(context, StatusCodes.Status200OK,
        [.. await tracker.StatusesAsync()], JobsJson.Default.JobStatusArray);

    private async Task TasksAsync(HttpContext context)
    {
        if (JobId.TryParse((string)context.Request.RouteValues["id"]!, out var id) && await tracker.TasksAsync(id) is { } tasks)
            await AnswerAsync(context, StatusCodes.Status200OK, tasks, JobsJson.Default.JobTasks);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private async Task PageAsync(HttpContext context, bool failuresOnly)
    {
        if (!JobId.TryParse(context.Request.Query["jobid"].ToString(), out var id) ||
            await tracker.StatusAsync(id) is not { } job || await tracker.TasksAsync(id) is not { } tasks)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("There is no such job, or it has been forgotten: 'hadoop job -list all' shows which there are.\n");
            return;
        }
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(JobPage.Of(job, tasks, failuresOnly));
    }

    private async Task TrackersAsync(HttpContext context) => await AnswerAsync(context, StatusCodes.Status200OK,
        [.. await tracker.TrackersAsync()], JobsJson.Default.TrackerStatusArray);

    private async Task PrioritizeAsync(HttpContext context)
    {
        if (JobId.TryParse((string)context.Request.RouteValues["id"]!, out var id) &&
            await tracker.StatusAsync(id) is not null)
            await tracker.SetPriorityAsync(id, context.Request.Query["to"].ToString());
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>404 unless the attempt runs.</summary>
    private async Task KillAttemptAsync(HttpContext context, bool asFailed)
    {
        if (AttemptId.TryParse((string)context.Request.RouteValues["id"]!, out var id) &&
            await tracker.TasksAsync(id.Value.Task.Job) is { } tasks &&
            tasks.Attempts.Any(a => a.Attempt == id.Value.ToString() && a.State == AttemptState.Running))
            await tracker.KillAttemptAsync(id.Value, asFailed);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private async Task KillAsync(HttpContext context)
    {
        if (JobId.TryParse((string)context.Request.RouteValues["id"]!, out var id) &&
            await tracker.StatusAsync(id) is not null)
            await tracker.KillAsync(id);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static Task AnswerAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> shape)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer, shape), context.RequestAborted);
    }
}
