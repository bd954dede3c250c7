using System.Diagnostics;

namespace Agora.Cli;

/// <summary>
/// Starts processes of the embedded cluster again when they end without being told to, with the address they had: services,
/// masters that elect one, and all others where that was asked for. What an init system does for a real installation.
/// </summary>
internal static class Keeper
{
    public const string ProcessName = "keeper";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100),
        PauseMin = TimeSpan.FromMilliseconds(100), PauseMax = TimeSpan.FromSeconds(30), Steady = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the cluster is down or it is told to end.</summary>
    public static async Task RunAsync(CancellationToken cancellation)
    {
        var pauses = new Dictionary<string, TimeSpan>();
        var notBefore = new Dictionary<string, long>();
        var started = new Dictionary<string, long>();
        while (!cancellation.IsCancellationRequested && ClusterFile.Load() is { } file)
        {
            foreach (var service in file.Processes.Where(p => p.Command is not null && !p.IsRunning).ToList())
            {
                if (Stopwatch.GetTimestamp() < notBefore.GetValueOrDefault(service.Name))
                    continue;
                // What ends again and again is tried ever more rarely, until it has run for a while.
                if (started.TryGetValue(service.Name, out var since) && Stopwatch.GetElapsedTime(since) > Steady)
                    pauses.Remove(service.Name);
                var pause = pauses.GetValueOrDefault(service.Name, PauseMin);
                pauses[service.Name] = pause * 2 < PauseMax ? pause * 2 : PauseMax;
                notBefore[service.Name] = Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency);
                Start(file, service);
                started[service.Name] = Stopwatch.GetTimestamp();
            }
            try
            {
                await Task.Delay(Interval, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void Start(ClusterFile file, ClusterProcess service)
    {
        service.RemoveSockets();
        var process = EmbeddedCluster.Launch(service.Command!, EmbeddedCluster.LogOf(service.Name), readReady: false, service.Group);
        Console.WriteLine($"{service.Name} had ended; started again as process {process.Id}");
        file.Processes[file.Processes.IndexOf(service)] =
            service with { Pid = process.Id, StartTicks = ProcessTable.StartTicks(process.Id) ?? 0 };
        file.Save();
    }
}
