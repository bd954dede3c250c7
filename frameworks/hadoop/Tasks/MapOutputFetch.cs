using System.Net;
using System.Net.Http.Headers;
using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Brings a reduce's part of every map output over, small ones into memory as far as it goes, the others to disk.
/// </summary>
/// <param name="codec">Class of the codec that the outputs are packed with; null for none.</param>
/// <param name="parallelMax">Outputs fetched at the same time.</param>
internal sealed class MapOutputFetch(
    HttpClient http, TimeProvider time, Node node, MapOutputFeed feed, int maps, int partition, string scratch,
    string? codec, long memoryBytesMax, int parallelMax)
{
    /// <summary>Tries before an output counts as lost.</summary>
    private const int TriesMax = 4;

    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>An output with more than this part of the memory goes to disk.</summary>
    private const int LargestInMemory = 4;

    private long _memoryUsed;

    /// <summary>What a fetch brought: bytes, which are unpacked, or a part of a file.</summary>
    /// <param name="Codec">Class of the codec that the part of the file is packed with; null for none.</param>
    /// <param name="IsOwn">False for a file that the map left on this node, which is read where it is.</param>
    public readonly record struct Fetched(byte[]? Bytes, string? Path, Segment Segment, string? Codec, bool IsOwn)
    {
        public bool IsEmpty => Segment.Length == 0;

        public RecordReader Open() => Path is not null
            ? MapOutputFile.OpenSegment(Path, Segment, Codec)
            : new RecordReader(new MemoryStream(Bytes!, writable: false));

        /// <summary>Once it has been merged.</summary>
        public void Remove()
        {
            if (Path is not null && IsOwn)
                File.Delete(Path);
        }
    }

    /// <summary>An output without records for the partition.</summary>
    private static readonly Fetched Nothing = new([], null, default, null, IsOwn: true);

    /// <summary>Bytes brought over, packed if the outputs are.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>What they are unpacked.</summary>
    public long TotalRecordBytes { get; private set; }

    /// <summary>Fetches outputs as the feed tells of them, until it has told of all.</summary>
    /// <param name="progressed">Called with the part that is done, 0 to 1.</param>
    /// <returns>In the order of the input.</returns>
    /// <exception cref="MapOutputsLostException">Some could not be had.</exception>
    public async Task<IReadOnlyList<Fetched>> AllAsync(Action<double> progressed, CancellationToken stop)
    {
        var fetched = new SortedDictionary<int, Fetched>();
        var lost = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelMax, CancellationToken = stop };
        while (true)
        {
            var (outputs, next) = feed.Latest;
            await Parallel.ForEachAsync(outputs.List.Where(o => !fetched.ContainsKey(o.Order)).ToList(), options, async (output, token) =>
            {
                try
                {
                    var one = await OneAsync(outputs.Locations[output.Location], output, token);
                    lock (fetched)
                    {
                        fetched[output.Order] = one;
                        progressed((double)fetched.Count / maps);
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
                {
                    lock (lost)
                        lost[output.Attempt] = e.Message;
                }
            });
            if (lost.Count > 0)
                throw new MapOutputsLostException(lost);
            if (outputs.Complete)
                break;
            await next.WaitAsync(stop);
        }
        TotalBytes = fetched.Values.Sum(f => f.Segment.Length);
        TotalRecordBytes = fetched.Values.Sum(f => f.Segment.RecordBytes);
        return [.. fetched.Values];
    }

    private async Task<Fetched> OneAsync(string location, MapOutput output, CancellationToken stop)
    {
        var directory = $"{location}/{output.Attempt}";
        if (node.FileOf(directory) is { } local)
            return Local(local);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var entry = await RangeAsync($"{directory}/{MapOutputFile.IndexName}",
                    (long)partition * Segment.IndexBytes, Segment.IndexBytes, stop);
                var segment = Segment.Read(entry);
                return await SegmentAsync($"{directory}/{MapOutputFile.DataName}", segment, output.Order, stop);
            }
            catch (Exception e) when (attempt < TriesMax && IsPassing(e))
            {
                await Task.Delay(FirstRetryDelay * (1 << (attempt - 1)), time, stop);
            }
        }
    }

    /// <summary>An output of this node is merged from where it lies, once its bytes have been found to add up.</summary>
    private Fetched Local(string directory)
    {
        var entry = new byte[Segment.IndexBytes];
        using (var index = File.OpenHandle(Path.Combine(directory, MapOutputFile.IndexName)))
            if (RandomAccess.Read(index, entry, (long)partition * Segment.IndexBytes) < entry.Length)
                throw new InvalidDataException($"the index of {directory} is cut off");
        var segment = Segment.Read(entry);
        if (segment.Length == 0)
            return Nothing;
        var path = Path.Combine(directory, MapOutputFile.DataName);
        using var data = File.OpenHandle(path);
        var buffer = new byte[256 << 10];
        var crc = Crc32C.Start;
        for (var done = 0L; done < segment.Length;)
        {
            var read = RandomAccess.Read(data, buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.Length - done)), segment.Offset + done);
            if (read == 0)
                throw new InvalidDataException($"{path} is cut off");
            crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
            done += read;
        }
        Check(~crc, segment, path);
        return new Fetched(null, path, segment, codec, IsOwn: false);
    }

    /// <summary>A file that is not there will not come back; all else may.</summary>
    private static bool IsPassing(Exception e) => e is IOException or InvalidDataException ||
        e is HttpRequestException { StatusCode: not (HttpStatusCode.NotFound or HttpStatusCode.Gone) };

    private async Task<Fetched> SegmentAsync(string url, Segment segment, int i, CancellationToken stop)
    {
        if (segment.Length == 0)
            return Nothing;
        if (segment.RecordBytes <= memoryBytesMax / LargestInMemory && TakeMemory(segment.RecordBytes))
        {
            try
            {
                return new Fetched(await BytesAsync(url, segment, stop), null, segment, null, IsOwn: true);
            }
            catch
            {
                // The next try takes it anew.
                Interlocked.Add(ref _memoryUsed, -segment.RecordBytes);
                throw;
            }
        }
        var path = Path.Combine(scratch, $"map{i}.out");
        using var response = await AskAsync(url, segment.Offset, segment.Length, stop);
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        await using var file = File.Create(path);
        var buffer = new byte[64 << 10];
        var crc = Crc32C.Start;
        while (await stream.ReadAsync(buffer, stop) is var read and > 0)
        {
            crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
            await file.WriteAsync(buffer.AsMemory(0, read), stop);
        }
        Check(~crc, segment, url);
        return new Fetched(null, path, segment with { Offset = 0 }, codec, IsOwn: true);
    }

    private bool TakeMemory(long bytes)
    {
        if (Interlocked.Add(ref _memoryUsed, bytes) <= memoryBytesMax)
            return true;
        Interlocked.Add(ref _memoryUsed, -bytes);
        return false;
    }

    /// <summary>
    /// A part's records, unpacked at once: the packed bytes are there only meanwhile, and merging takes no more than the
    /// records.
    /// </summary>
    private async Task<byte[]> BytesAsync(string url, Segment segment, CancellationToken stop)
    {
        var bytes = await RangeAsync(url, segment.Offset, segment.Length, stop);
        Check(Crc32C.Of(bytes), segment, url);
        if (codec is null)
            return bytes;
        var records = new byte[segment.RecordBytes];
        await using var unpacked = Codec.UnpackRun(codec, new MemoryStream(bytes, writable: false));
        await unpacked.ReadExactlyAsync(records, stop);
        return records;
    }

    private async Task<byte[]> RangeAsync(string url, long offset, long length, CancellationToken stop)
    {
        using var response = await AskAsync(url, offset, length, stop);
        var bytes = await response.Content.ReadAsByteArrayAsync(stop);
        return bytes.Length == length ? bytes
            : throw new InvalidDataException($"{url} gave {bytes.Length} of {length} bytes");
    }

    private async Task<HttpResponseMessage> AskAsync(string url, long offset, long length, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (response.StatusCode == HttpStatusCode.PartialContent)
            return response;
        var status = response.StatusCode;
        response.Dispose();
        throw new HttpRequestException($"{url} answered {(int)status}", null, status);
    }

    private static void Check(uint crc, Segment segment, string url)
    {
        if (crc != segment.Crc)
            throw new InvalidDataException($"{url} is damaged: its bytes do not add up");
    }
}

/// <summary>Map outputs a reduce needs cannot be fetched.</summary>
/// <param name="reasons">By attempt.</param>
internal sealed class MapOutputsLostException(IReadOnlyDictionary<string, string> reasons)
    : Exception($"could not fetch the output of {string.Join(", ", reasons.Select(r => $"{r.Key} ({r.Value})"))}")
{
    public IReadOnlyList<string> Attempts { get; } = [.. reasons.Keys];
}
