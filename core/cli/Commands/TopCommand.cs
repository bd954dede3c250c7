using System.CommandLine;

namespace Agora.Cli.Commands;

/// <summary>Shows who holds what, again and again.</summary>
internal static class TopCommand
{
    private const string Enter = "\e[?1049h\e[?25l", Leave = "\e[?25h\e[?1049l", Home = "\e[H", ToEndOfLine = "\e[K", ToEndOfScreen = "\e[J";
    private const int UsualWidth = 120;

    public static Command Create()
    {
        var master = Cluster.MasterOption();
        var interval = new Option<double>("--interval") { Description = "Seconds from one look to the next", DefaultValueFactory = _ => 1 };
        var once = new Option<bool>("--once") { Description = "Show it once and end, as it does where there is no terminal" };
        interval.Validators.Add(r =>
        {
            if (r.GetValue(interval) is not (>= 0.1 and <= 3600))
                r.AddError("--interval is between 0.1 and 3600 seconds");
        });
        var command = new Command("top", "Show who holds what of the cluster, live; q ends it".WithExample("agora top --interval 2")) { master, interval, once };
        command.Does(async (parsed, cancellation) =>
        {
            using var cluster = Cluster.Find(parsed.GetValue(master));
            if (parsed.GetValue(once) || Console.IsOutputRedirected || Console.IsInputRedirected)
            {
                foreach (var line in new TopScreen(UsualWidth, null, colours: false).Of(await cluster.SnapshotAsync()))
                    Console.WriteLine(line);
                return 0;
            }
            await WatchAsync(cluster, TimeSpan.FromSeconds(parsed.GetValue(interval)), cancellation);
            return 0;
        });
        return command;
    }

    private static async Task WatchAsync(Cluster cluster, TimeSpan interval, CancellationToken cancellation)
    {
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        Console.Write(Enter);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                var screen = new TopScreen(Console.WindowWidth, Console.WindowHeight, colours);
                var lines = screen.Of(await cluster.SnapshotAsync()).Take(Console.WindowHeight);
                Console.Write(Home + string.Join(ToEndOfLine + "\n", lines) + ToEndOfLine + ToEndOfScreen);
                if (await IsToEndAsync(interval, cancellation))
                    return;
            }
        }
        finally
        {
            Console.Write(Leave);
        }
    }

    /// <summary>Waits, and looks for keys meanwhile.</summary>
    private static async Task<bool> IsToEndAsync(TimeSpan interval, CancellationToken cancellation)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var waited = TimeSpan.Zero; waited < interval && !cancellation.IsCancellationRequested; waited += step)
        {
            while (Console.KeyAvailable)
                if (Console.ReadKey(intercept: true) is { KeyChar: 'q' or 'Q' } or { Key: ConsoleKey.Escape })
                    return true;
            await Task.Delay(step, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return cancellation.IsCancellationRequested;
    }
}
