using System.Net;

namespace Agora.Cli;

/// <summary>Reads files of a task's sandbox from its agent's file server.</summary>
internal sealed class SandboxReader(AgentInfo agent, FrameworkId framework, string taskOrExecutor) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        BaseAddress = new Uri($"http://{agent.Address}:{agent.FilePort}/files/sandbox/" +
            $"{Uri.EscapeDataString(framework.Value)}/{Uri.EscapeDataString(taskOrExecutor)}/"),
    };

    /// <summary>Copies a file as it is, or, following, until what writes it has ended.</summary>
    public async Task CopyAsync(string file, bool follow, Stream output, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync(file + (follow ? "?follow=true" : ""),
                HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return;
            response.EnsureSuccessStatusCode();
            await using var content = await response.Content.ReadAsStreamAsync(cancellation);
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
            {
                await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
                await output.FlushAsync(cancellation);
            }
        }
        catch (HttpRequestException e)
        {
            throw new Failure($"'{file}' of {taskOrExecutor} could not be read from {agent.Hostname}", e.Message,
                "see 'agora agents' whether the agent is active");
        }
    }

    public void Dispose() => _http.Dispose();
}
