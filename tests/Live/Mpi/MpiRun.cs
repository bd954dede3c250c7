using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>Where a rank of <c>actor.c</c> says it is.</summary>
internal sealed record RankPlace(int Rank, int Pid, string Host);

/// <summary>One <c>mpiexec</c>, as a user starts it, and what there is of its job. Has a directory for temporary files of its own.</summary>
internal sealed partial class MpiRun : IDisposable
{
    /// <summary>What a job may take to be gone everywhere after its end. A tenth of a second is usual.</summary>
    private static readonly TimeSpan GoneAfterMax = TimeSpan.FromSeconds(2);

    private readonly MpiCluster _cluster;
    private readonly Process _process;
    private readonly Captured _output, _error;
    private readonly string _temporary;

    public MpiRun(MpiCluster cluster, IEnumerable<string> arguments, byte[]? input = null, string? directory = null,
        params IEnumerable<(string Name, string Value)> variables)
    {
        _cluster = cluster;
        _temporary = Directory.CreateDirectory(Path.Combine(cluster.Home, $"tmp-{Guid.NewGuid().ToString("N")[..8]}")).FullName;
        // A shell without job control makes what it starts in the background deaf to SIGINT; env opens its ears.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Path.Combine(Programs.Bin, "mpiexec"), .. arguments])
        {
            WorkingDirectory = directory ?? cluster.Home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGORA_HOME"] = cluster.Home;
        start.Environment["TMPDIR"] = _temporary;
        start.Environment["ACTOR_MARK"] = Mark;
        start.Environment.Remove("AGORA_MASTER");
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _output = new Captured(_process.StandardOutput.BaseStream);
        _error = new Captured(_process.StandardError.BaseStream);
        _ = FeedAsync(input ?? []);
    }

    public int Pid => _process.Id;
    public string Output => _output.Text;
    public string Error => _error.Text;

    private string Mark => Path.GetFileName(_temporary);

    /// <summary>Waits until all ranks have said where they are.</summary>
    public async Task<IReadOnlyList<RankPlace>> Ready(int ranks) => await Programs.Until($"{ranks} ranks",
        () => Task.FromResult(Places()), p => p.Count == ranks || _process.HasExited, _ => $"{Output}\n{Error}") is { } places && places.Count == ranks
        ? places : throw new InvalidOperationException($"mpiexec ended early: {Output}\n{Error}");

    public Task Says(string text) => Programs.Until($"mpiexec to say {text}",
        () => Error.Contains(text, StringComparison.Ordinal), () => $"{Output}\n{Error}");

    /// <summary>A process of the job by its program's name; the one above a rank's where there are several.</summary>
    public async Task<int> Find(string what, int rankPid = 0)
    {
        int[] above = [];
        if (rankPid != 0)
            above = [.. Above(rankPid)];
        var found = await Programs.Until($"a process {what}", () => Task.FromResult(_cluster.JobProcesses()
                .Where(p => IsCalled(p, what)).Select(p => (int?)p.Pid).OrderByDescending(p => above.Contains(p!.Value)).FirstOrDefault()),
            p => p is not null, _ => string.Join('\n', _cluster.JobProcesses()));
        return found!.Value;
    }

    public async Task<Finished> Ended()
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Programs.Patience);
            await Task.WhenAll(_output.End, _error.End).WaitAsync(Programs.Patience);
        }
        catch (TimeoutException)
        {
            var left = string.Join('\n', _cluster.JobProcesses());
            _process.Kill();
            Assert.Fail($"mpiexec did not end: {Output}\n{Error}\n{left}");
        }
        return new Finished(_process.ExitCode, _output.Bytes, Error);
    }

    /// <summary>Nothing of the job is left: no process anywhere, no file of its ranks; after a proper end no temporary file either.</summary>
    /// <param name="properEnd">False where <c>mpiexec</c> itself could not clean up.</param>
    public async Task AssertGone(bool properEnd = true)
    {
        var waited = Stopwatch.StartNew();
        while (Left(properEnd) is { Count: > 0 } left)
        {
            Assert.True(waited.Elapsed < GoneAfterMax, $"{waited.Elapsed.TotalSeconds:0.0} s after the job's end there are\n{string.Join('\n', left)}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private List<string> Left(bool properEnd)
    {
        List<string> left = [.. _cluster.JobProcesses().Select(p => p.ToString())];
        if (Environment.IsPrivilegedProcess)
            left.AddRange(Directory.EnumerateFiles("/dev/shm", $"{Mark}*"));
        if (properEnd)
            left.AddRange(Directory.EnumerateFileSystemEntries(_temporary));
        return left;
    }

    private List<RankPlace> Places() => [.. PlaceLine().Matches(Output)
        .Select(m => new RankPlace(Number(m.Groups[1]), Number(m.Groups[2]), m.Groups[3].Value)).OrderBy(p => p.Rank)];

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static IEnumerable<int> Above(int pid)
    {
        for (var next = ProcStat.Read(pid)?.ParentPid; next > 1; next = ProcStat.Read(next.Value)?.ParentPid)
            yield return next.Value;
    }

    private static bool IsCalled(RunningProcess process, string what)
    {
        var program = Path.GetFileName(process.Command[0]);
        return what switch
        {
            "proxy" => program is "hydra_pmi_proxy" or "orted",
            "library" => program is "mpiexec.hydra" or "mpiexec.openmpi" or "orterun",
            "host" => program == "agora-mpi" && process.Command is [_, "host", ..],
            _ => program == what,
        };
    }

    private async Task FeedAsync(byte[] input)
    {
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, and does not want it.
        }
    }

    [GeneratedRegex(@"rank (\d+) pid (\d+) on (\S+)\n")]
    private static partial Regex PlaceLine();

    /// <summary>What came out of a process so far.</summary>
    private sealed class Captured
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public Captured(Stream from) => End = CopyAsync(from);

        public Task End { get; }

        public byte[] Bytes
        {
            get
            {
                lock (_bytes)
                    return _bytes.WrittenSpan.ToArray();
            }
        }

        public string Text => Encoding.UTF8.GetString(Bytes);

        private async Task CopyAsync(Stream from)
        {
            var buffer = new byte[64 << 10];
            while (await from.ReadAsync(buffer) is var read and > 0)
            {
                lock (_bytes)
                    _bytes.Write(buffer.AsSpan(0, read));
            }
        }
    }
}
