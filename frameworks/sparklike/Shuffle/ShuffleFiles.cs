using System.Net;
using System.Net.Http.Headers;
using Agora.Spark.Blocks;
using Agora.Storage;

namespace Agora.Spark.Shuffle;

/// <summary>
/// This node's map outputs, which its agent's file server may serve to others, and the way to others' outputs; files to
/// spill to, and the memory that is used before.
/// </summary>
/// <param name="directory">Of this application's outputs; made when needed.</param>
/// <param name="url">Where it is served, without a slash at the end; null where all tasks run on this machine.</param>
/// <param name="scratch">For files that nobody else reads.</param>
internal sealed class ShuffleFiles(
    string directory, string? url, string scratch, MemoryPool memory, HttpMessageInvoker http, TimeProvider time)
{
    /// <summary>A server that sends nothing for as long has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public MemoryPool Memory { get; } = memory;

    public TimeProvider Time { get; } = time;

    /// <summary>A new file for a map task's output; another attempt at the same task has another.</summary>
    /// <param name="location">What others know it by.</param>
    public string NewOutput(int shuffleId, int mapPartition, out string location)
    {
        var name = $"shuffle_{shuffleId}/map_{mapPartition}_{Guid.NewGuid():N}";
        var path = Path.Combine(directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        location = url is null ? path : $"{url}/{name}";
        return path;
    }

    /// <summary>A file that goes when it is closed.</summary>
    public FileStream NewScratch()
    {
        Directory.CreateDirectory(scratch);
        return new FileStream(Path.Combine(scratch, $"spill_{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
    }

    /// <summary>Forgets a shuffle's outputs on this node.</summary>
    public void Remove(int shuffleId)
    {
        try
        {
            Directory.Delete(Path.Combine(directory, $"shuffle_{shuffleId}"), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of it was computed here.
        }
    }

    /// <summary>The file of an output that lies on this node; null for others'.</summary>
    public string? FileOf(string location)
    {
        if (url is not null && location.StartsWith(url + "/", StringComparison.Ordinal))
            return Path.Combine(directory, location[(url.Length + 1)..]);
        return Path.IsPathRooted(location) ? location : null;
    }

    /// <summary>A part of a file of this node.</summary>
    public static Stream OpenLocal(string path, long offset, long length)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (file.Length is var bytes && bytes < offset + length)
        {
            file.Dispose();
            throw new EndOfStreamException($"{path} has {bytes} bytes, fewer than were written");
        }
        file.Seek(offset, SeekOrigin.Begin);
        // Heads of pieces are small.
        return new BufferedStream(new BoundedStream(file, length), 64 << 10);
    }

    /// <summary>Copies a part of another node's file, once.</summary>
    /// <exception cref="HttpRequestException">The server refuses.</exception>
    /// <exception cref="IOException">It breaks off, or stays silent.</exception>
    public async Task DownloadAsync(string location, long offset, long length, Stream to, CancellationToken stop)
    {
        using var silence = new CancellationTokenSource(Patience, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, location);
            request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
            using var response = await http.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.PartialContent)
                throw new HttpRequestException($"{location} answered {(int)response.StatusCode}", null, response.StatusCode);
            await using var from = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[64 << 10];
            var left = length;
            while (left > 0)
            {
                var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), either.Token);
                if (read == 0)
                    throw new EndOfStreamException($"{location} broke off with {left} of {length} bytes to come");
                await to.WriteAsync(buffer.AsMemory(0, read), stop);
                silence.CancelAfter(Patience);
                left -= read;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"{location} sent nothing for {Patience.TotalSeconds:0} s");
        }
    }
}
