using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Agora.Election;
using Agora.Sdk;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>
/// An embedded cluster of four agents, or as many as are asked for, with Hadoop's services, as <c>agora up</c> starts it
/// from <c>bin/</c>; shared by the tests of the collection, which use paths of their own.
/// </summary>
public sealed class HadoopCluster : IAsyncLifetime
{
    private readonly int _agents;
    private readonly int _port = FreePort();

    public HadoopCluster()
        : this(agents: 4)
    {
    }

    internal HadoopCluster(int agents) => _agents = agents;

    /// <summary>Directories below the cluster's own, each to be a disk of so many MiB.</summary>
    internal IReadOnlyList<(string Directory, int Mib)> SmallDisks { get; init; } = [];

    /// <summary>Why there are no small disks: mounting them takes root.</summary>
    internal string? NoSmallDisks { get; private set; }

    public string StateDirectory => _state;

    public Uri Master => new($"http://127.0.0.1:{_port}");

    /// <summary>Far more than any command here takes; a hang is told with what was said so far.</summary>
    private static readonly TimeSpan CommandPatience = TimeSpan.FromMinutes(4);

    private readonly string _state = Directory.CreateTempSubdirectory("agora-hadoop-").FullName;
    private readonly string _bin = Path.Combine(FindRoot(), "bin");

    /// <param name="Error">Standard error.</param>
    public sealed record Result(int Code, byte[] Bytes, string Error)
    {
        public string Output => System.Text.Encoding.UTF8.GetString(Bytes);
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var (directory, mib) in SmallDisks)
        {
            var mount = await RunAsync($"mkdir -p {directory} && mount -t tmpfs -o size={mib}m small {directory}");
            if (mount.Code != 0)
                NoSmallDisks = mount.Error;
        }
        var up = await RunAsync($"agora up --agents {_agents} --cpus 2 --mem 2048 --port {_port} --detach");
        MasterAccess.Remember(new MasterLocation.Hosts([Master]), MasterAccess.OfState(_state));
        Assert.True(up.Code == 0, $"agora up failed (was ./build run?): {up.Output}{up.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("agora down");
        foreach (var (directory, _) in SmallDisks)
            await RunAsync($"umount {directory}");
        Directory.Delete(_state, recursive: true);
    }

    /// <summary>Runs a line of shell with the commands of <c>bin/</c> first in PATH.</summary>
    public async Task<Result> RunAsync(string line, string? directory = null, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", line])
        {
            WorkingDirectory = directory ?? _state,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["AGORA_HOME"] = _state;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(CommandPatience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{line}' did not end; it said: {await errors}");
        }
        await reading;
        return new Result(process.ExitCode, output.ToArray(), await errors);
    }

    /// <summary>Runs a line that must succeed, and gives its standard output.</summary>
    public async Task<string> OutputAsync(string line, string? directory = null)
    {
        var result = await RunAsync(line, directory);
        Assert.True(result.Code == 0, $"'{line}' ended with {result.Code}: {result.Output}{result.Error}");
        return result.Output;
    }

    /// <summary>URL of a service, without a slash at its end.</summary>
    public string Service(string name)
    {
        using var file = ReadClusterFile();
        return file.RootElement.GetProperty("services").GetProperty(name).GetString()!.TrimEnd('/');
    }

    /// <summary>Id of a process of the cluster as it is now.</summary>
    public int ProcessOf(string name)
    {
        using var file = ReadClusterFile();
        return file.RootElement.GetProperty("processes").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == name).GetProperty("pid").GetInt32();
    }

    private JsonDocument ReadClusterFile() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_state, "cluster.json")));

    /// <summary>Runs a streaming job that must succeed, and gives its counters by name.</summary>
    public async Task<Dictionary<string, long>> CountersOfAsync(string options)
    {
        var run = await RunAsync($"hadoop jar hadoop-streaming.jar {options}");
        Assert.True(run.Code == 0, run.Error);
        var job = System.Text.RegularExpressions.Regex.Match(run.Error, @"Running job: (job_\d+_\d{4})\n").Groups[1].Value;
        return (await OutputAsync($"hadoop job -status {job}")).Split('\n')
            .Where(l => l.StartsWith("\t\t", StringComparison.Ordinal)).Select(l => l.Trim().Split('='))
            .ToDictionary(p => p[0], p => long.Parse(p[1]));
    }

    /// <summary>The path of a program in <c>bin/</c>.</summary>
    public static string Program(string name) => Path.Combine(FindRoot(), "bin", name);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Agora.slnx")))
            directory = directory.Parent;
        return directory.FullName;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

[CollectionDefinition(Name)]
public sealed class HadoopCollection : ICollectionFixture<HadoopCluster>
{
    public const string Name = "hadoop";
}
