using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agora.Hadoop.Jobs;
using Agora.Security;
using Grpc.Core;

namespace Agora.Hadoop.Cli;

/// <summary>
/// Talks to the JobTracker. While it is away, as during a restart, each call is tried again a number of times; every
/// call may be repeated without harm.
/// </summary>
/// <param name="own">Shows who this is where something is changed; null shows nothing.</param>
/// <param name="files">For reading logs at agents.</param>
internal sealed class JobClient(Uri jobTracker, CredentialFile? own, Func<HttpMessageHandler> files) : IDisposable
{
    /// <summary>Hadoop's <c>ipc.client.connect.max.retries</c>, with the same second in between.</summary>
    private const int RetriesMax = 10;

    /// <summary>A user who watches a job would rather wait than lose sight of it.</summary>
    public const int WatchRetriesMax = 120;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new() { BaseAddress = jobTracker };
    private readonly Lazy<HttpClient> _files = new(() => new HttpClient(files()));

    /// <summary>As Hadoop shows it: <c>host:port</c>.</summary>
    public string Address => jobTracker.Authority;

    public string TrackingUrl(string job) => new Uri(jobTracker, $"/jobdetails.jsp?jobid={job}").ToString();

    /// <exception cref="IOException">The JobTracker has none left.</exception>
    public async Task<JobId> ReserveAsync()
    {
        using var response = await AskAsync(HttpMethod.Post, "/jobs");
        if (response.StatusCode == HttpStatusCode.OK &&
            JobId.TryParse(await response.Content.ReadAsStringAsync(), out var id))
            return id;
        throw new IOException((await ReadAsync(response, JobsJson.Default.JobRefusal))?.Message ??
            $"the JobTracker answered {(int)response.StatusCode}");
    }

    public async Task<(JobAccepted? Accepted, JobRefusal? Refusal)> SubmitAsync(JobId id, JobSubmission job)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(job, JobsJson.Default.JobSubmission);
        using var response = await AskAsync(HttpMethod.Post, $"/jobs/{id}", WatchRetriesMax, body);
        return response.StatusCode == HttpStatusCode.OK
            ? (await ReadAsync(response, JobsJson.Default.JobAccepted), null)
            : (null, await ReadAsync(response, JobsJson.Default.JobRefusal));
    }

    /// <summary>The status once it is newer than a version, or after the wait; null if the job is not known.</summary>
    public async Task<JobStatus?> StatusAsync(string id, long after = -1, TimeSpan wait = default)
    {
        using var response = await AskAsync(HttpMethod.Get,
            $"/jobs/{Uri.EscapeDataString(id)}?after={after}&wait={(int)wait.TotalMilliseconds}",
            wait > TimeSpan.Zero ? WatchRetriesMax : RetriesMax);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null : await ReadAsync(response, JobsJson.Default.JobStatus);
    }

    public async Task<JobStatus[]> ListAsync()
    {
        using var response = await AskAsync(HttpMethod.Get, "/jobs");
        return await ReadAsync(response, JobsJson.Default.JobStatusArray) ?? [];
    }

    /// <summary>Null if the job is not known.</summary>
    public async Task<JobTasks?> TasksAsync(string id)
    {
        using var response = await AskAsync(HttpMethod.Get, $"/jobs/{Uri.EscapeDataString(id)}/tasks");
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, JobsJson.Default.JobTasks);
    }

    public async Task<TrackerStatus[]> TrackersAsync()
    {
        using var response = await AskAsync(HttpMethod.Get, "/trackers");
        return await ReadAsync(response, JobsJson.Default.TrackerStatusArray) ?? [];
    }

    /// <summary>False if the job is not known.</summary>
    public Task<bool> KillAsync(string id) => DoAsync($"/jobs/{Uri.EscapeDataString(id)}/kill");

    /// <summary>False if the job is not known.</summary>
    public Task<bool> SetPriorityAsync(string id, string priority) =>
        DoAsync($"/jobs/{Uri.EscapeDataString(id)}/priority?to={priority}");

    /// <summary>False unless the attempt runs.</summary>
    /// <param name="asFailed">It counts against its task.</param>
    public Task<bool> KillAttemptAsync(string attempt, bool asFailed) =>
        DoAsync($"/attempts/{Uri.EscapeDataString(attempt)}/{(asFailed ? "fail" : "kill")}");

    /// <summary>A log of an attempt; null if it is not there, or not any more.</summary>
    /// <param name="name"><c>stderr</c> for its program's standard error, <c>debugout</c> for what a debug script wrote.</param>
    public async Task<Stream?> LogAsync(AttemptStatus attempt, string name)
    {
        try
        {
            var response = await _files.Value.GetAsync($"{attempt.LogUrl}/{name}", HttpCompletionOption.ResponseHeadersRead);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStreamAsync() : null;
        }
        catch (Exception e) when (e is HttpRequestException or RpcException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        if (_files.IsValueCreated)
            _files.Value.Dispose();
    }

    private async Task<bool> DoAsync(string path)
    {
        using var response = await AskAsync(HttpMethod.Post, path);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task<HttpResponseMessage> AskAsync(
        HttpMethod method, string path, int retriesMax = RetriesMax, byte[]? body = null)
    {
        for (var tried = 0; ; tried++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, path);
                if (body is not null)
                    request.Content = new ByteArrayContent(body);
                if (own is not null && method != HttpMethod.Get)
                    request.Headers.TryAddWithoutValidation(Bearer.Header, Bearer.Of(own.Token(Audiences.JobTracker)));
                var response = await _http.SendAsync(request);
                if (response.StatusCode == HttpStatusCode.Unauthorized)
                    throw new IOException(await response.Content.ReadAsStringAsync());
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                    return response;
                var reason = await response.Content.ReadAsStringAsync();
                response.Dispose();
                // A job that runs is worth waiting for; one that does not yet is better refused.
                if (method != HttpMethod.Get || retriesMax != WatchRetriesMax || tried >= retriesMax)
                    throw new IOException(reason);
                ConsoleLog.Warn("ipc.Client", reason);
                await Task.Delay(RetryDelay);
            }
            // A connection that breaks in the moment it is made is told as it is, unwrapped.
            catch (Exception e) when (e is HttpRequestException or SocketException && tried < retriesMax)
            {
                ConsoleLog.Info("ipc.Client",
                    $"Retrying connect to server: {Address}. Already tried {tried} time(s).");
                await Task.Delay(RetryDelay);
            }
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> shape)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        return await JsonSerializer.DeserializeAsync(body, shape);
    }
}
