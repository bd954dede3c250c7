using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Cli;

/// <summary>Talks to the JobTracker.</summary>
internal sealed class JobClient(Uri jobTracker) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = jobTracker };

    /// <summary>As Hadoop shows it: <c>host:port</c>.</summary>
    public string Address => jobTracker.Authority;

    public string TrackingUrl(string job) => new Uri(jobTracker, $"/jobdetails.jsp?jobid={job}").ToString();

    /// <exception cref="IOException">The JobTracker has none left.</exception>
    public async Task<JobId> ReserveAsync()
    {
        using var response = await _http.PostAsync("/jobs", null);
        if (response.StatusCode == HttpStatusCode.OK &&
            JobId.TryParse(await response.Content.ReadAsStringAsync(), out var id))
            return id;
        throw new IOException((await ReadAsync(response, JobsJson.Default.JobRefusal))?.Message ??
            $"the JobTracker answered {(int)response.StatusCode}");
    }

    public async Task<(JobAccepted? Accepted, JobRefusal? Refusal)> SubmitAsync(JobId id, JobSubmission job)
    {
        var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(job, JobsJson.Default.JobSubmission));
        using var response = await _http.PostAsync($"/jobs/{id}", body);
        return response.StatusCode == HttpStatusCode.OK
            ? (await ReadAsync(response, JobsJson.Default.JobAccepted), null)
            : (null, await ReadAsync(response, JobsJson.Default.JobRefusal));
    }

    /// <summary>The status once it is newer than a version, or after the wait; null if the job is not known.</summary>
    public async Task<JobStatus?> StatusAsync(string id, long after = -1, TimeSpan wait = default)
    {
        using var response = await _http.GetAsync(
            $"/jobs/{Uri.EscapeDataString(id)}?after={after}&wait={(int)wait.TotalMilliseconds}");
        return response.StatusCode == HttpStatusCode.NotFound
            ? null : await ReadAsync(response, JobsJson.Default.JobStatus);
    }

    public async Task<JobStatus[]> ListAsync()
    {
        using var response = await _http.GetAsync("/jobs");
        return await ReadAsync(response, JobsJson.Default.JobStatusArray) ?? [];
    }

    /// <summary>False if the job is not known.</summary>
    public async Task<bool> KillAsync(string id)
    {
        using var response = await _http.PostAsync($"/jobs/{Uri.EscapeDataString(id)}/kill", null);
        return response.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> shape)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        return await JsonSerializer.DeserializeAsync(body, shape);
    }
}
