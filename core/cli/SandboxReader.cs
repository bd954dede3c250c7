using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Agora.Cli;

/// <summary>Reads files of a task's sandbox from its agent's file server.</summary>
internal sealed class SandboxReader(Cluster cluster, AgentInfo agent, FrameworkId framework, string taskOrExecutor) : IDisposable
{
    /// <summary>For an agent that is being started anew; its executors wait as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(cluster.OpenFiles())
    {
        Timeout = Timeout.InfiniteTimeSpan,
        BaseAddress = new Uri($"http://{agent.Address}:{agent.FilePort}/files/sandbox/" +
            $"{Uri.EscapeDataString(framework.Value)}/{Uri.EscapeDataString(taskOrExecutor)}/"),
    };

    /// <summary>
    /// Copies a file as it is, or, following, until what writes it has ended. An agent that goes away meanwhile is waited for: what
    /// runs there goes on.
    /// </summary>
    /// <exception cref="Failure">The agent cannot be reached, or does not come back.</exception>
    public async Task CopyAsync(string file, bool follow, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[64 << 10];
        var copied = 0L;
        for (Stopwatch? away = null; ;)
        {
            try
            {
                using var response = await _http.GetAsync(follow ? $"{file}?follow=true&offset={copied}" : file,
                    HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (response.StatusCode == HttpStatusCode.NotFound && away is null)
                    return;
                response.EnsureSuccessStatusCode();
                away = null;
                await using var content = await response.Content.ReadAsStreamAsync(cancellation);
                while (await content.ReadAsync(buffer, cancellation) is var read and > 0)
                {
                    await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
                    await output.FlushAsync(cancellation);
                    copied += read;
                }
                return;
            }
            catch (RpcException e) when (Cluster.Denied(e) is { } denied)
            {
                throw denied;
            }
            catch (Exception e) when (e is RpcException or HttpRequestException or HttpIOException or IOException { InnerException: SocketException })
            {
                away ??= Stopwatch.StartNew();
                if (!follow || away.Elapsed > Patience)
                    throw new Failure($"'{file}' of {taskOrExecutor} could not be read from {agent.Hostname}", e.Message, "see 'agora agents' whether the agent is active");
            }
            await Task.Delay(Pause, cancellation);
        }
    }

    public void Dispose() => _http.Dispose();
}
