using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>The store is killed in the middle of many changes: what it said is done is done, the rest is whole or absent.</summary>
public sealed class StoreCrashTests : IAsyncLifetime
{
    private const int Writers = 8, Rounds = 4, ChangesBeforeKill = 60, FileBytesMax = 40_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string _root = Directory.CreateTempSubdirectory("agora-crash-").FullName;
    private Process? _process;
    private HttpClient _http = new();

    /// <summary>Names that must be there or gone; those in neither had a change under way when the store died.</summary>
    private readonly ConcurrentDictionary<string, bool> _settled = new();

    /// <summary>A name's changes under way: those it may have been renamed to.</summary>
    private readonly ConcurrentDictionary<string, string?> _unsettled = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Kill();
        _http.Dispose();
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_kill_9_and_what_was_not_is_whole_or_absent()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await StartAsync();
            var done = 0;
            // The kill falls into whatever the other writers are doing when the last change counted is acknowledged.
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => ChangeUntilDeadAsync(round, writer, () =>
            {
                if (Interlocked.Increment(ref done) == ChangesBeforeKill * (round + 1))
                    Kill();
            })));
            Assert.True(done >= ChangesBeforeKill * (round + 1));
            await StartAsync();
            foreach (var (name, isThere) in _settled)
                await CheckAsync(name, isThere);
            foreach (var (name, target) in _unsettled)
            {
                var here = await CheckAsync(name, null);
                if (target is not null)
                    Assert.True(here ^ await CheckAsync(target, null), $"{name} and {target}: not exactly one is there");
            }
            await CheckBlocksAsync();
            Kill();
            _unsettled.Clear();
        }
    }

    /// <summary>Creates, renames and deletes, until the store answers no more.</summary>
    private async Task ChangeUntilDeadAsync(int round, int writer, Action acknowledged)
    {
        for (var number = 0; ; number++)
        {
            var name = $"/crash/f-{round}-{writer}-{number}";
            if (!await AttemptAsync(name, null, async () =>
            {
                using var redirect = await _http.PutAsync(Url(name, "CREATE&noredirect=true&blocksize=10000&replication=2"), null, Stop);
                var at = (await redirect.Content.ReadAsStringAsync(Stop)).Split('"')[3];
                using var created = await _http.PutAsync(at, new ByteArrayContent(Content(name)), Stop);
                Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            }))
                return;
            _settled[name] = true;
            acknowledged();
            if (number % 3 == 1)
            {
                var target = name + "-renamed";
                if (!await AttemptAsync(name, target, () =>
                    OrderAsync(HttpMethod.Put, Url(name, $"RENAME&destination={target}"))))
                    return;
                (_settled[name], _settled[target]) = (false, true);
                acknowledged();
            }
            else if (number % 3 == 2)
            {
                if (!await AttemptAsync(name, null, () => OrderAsync(HttpMethod.Delete, Url(name, "DELETE"))))
                    return;
                _settled[name] = false;
                acknowledged();
            }
        }
    }

    /// <returns>False if the store died meanwhile, so that nobody knows whether it was done.</returns>
    private async Task<bool> AttemptAsync(string name, string? target, Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            _settled.TryRemove(name, out _);
            _unsettled[name] = target;
            return false;
        }
    }

    private async Task OrderAsync(HttpMethod method, string url)
    {
        using var request = new HttpRequestMessage(method, url);
        using var answer = await _http.SendAsync(request, Stop);
        Assert.Equal("{\"boolean\":true}", await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <param name="isThere">Null if it may be there or not; if it is, it is whole.</param>
    private async Task<bool> CheckAsync(string name, bool? isThere)
    {
        using var answer = await _http.GetAsync(Url(name, "OPEN"), Stop);
        var found = answer.StatusCode == HttpStatusCode.OK;
        if (isThere is { } expected)
            Assert.True(expected == found, $"{name} should {(expected ? "" : "not ")}be there: {answer.StatusCode}");
        var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
        if (found)
            Assert.True(Content(name).AsSpan().SequenceEqual(bytes), $"{name} differs");
        else
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        return found;
    }

    /// <summary>All files have both copies of every block, and no block is left that belongs to none.</summary>
    private async Task CheckBlocksAsync()
    {
        var report = await _http.GetStringAsync($"{_http.BaseAddress}fsck?path=/&ugi=root", Stop);
        Assert.Contains("Status: HEALTHY", report, StringComparison.Ordinal);
        Assert.Contains("Under-replicated blocks:\t0 ", report, StringComparison.Ordinal);
        var blocks = int.Parse(report.Split("Total blocks (validated):\t")[1].Split(' ')[0]);
        Assert.Equal(2 * blocks, Directory.GetFiles(_root, "blk_*", SearchOption.AllDirectories).Length);
    }

    /// <summary>Bytes that the original name of a file alone determines.</summary>
    private static byte[] Content(string name)
    {
        var seed = name.Replace("-renamed", "", StringComparison.Ordinal).Aggregate(17, (hash, c) => (hash * 31) + c);
        var random = new Random(seed);
        var bytes = new byte[random.Next(FileBytesMax)];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Url(string path, string operation) =>
        $"{_http.BaseAddress}webhdfs/v1{path}?op={operation}&user.name={Environment.UserName}";

    private async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(HadoopCluster.Program("agora-hadoop"),
            ["store", "--root", _root, "--nodes", "n1,n2,n3", "--port", "0"])
        { RedirectStandardOutput = true })!;
        var ready = await _process.StandardOutput.ReadLineAsync(Stop);
        Assert.StartsWith("ready ", ready, StringComparison.Ordinal);
        _http.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(ready!["ready ".Length..]) };
    }

    private void Kill()
    {
        try
        {
            _process?.Kill();
            _process?.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
