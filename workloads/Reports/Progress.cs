using System.Diagnostics;

namespace Agora.Workloads.Reports;

/// <summary>A line on the terminal that says how far it is, once it has taken longer than five seconds.</summary>
internal sealed class Progress(bool isShown)
{
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(5), Between = TimeSpan.FromSeconds(0.5);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _door = new();
    private TimeSpan _told;
    private bool _isOnLine;

    public static Progress ForTerminal() => new(!Console.IsErrorRedirected);

    /// <summary>For tests.</summary>
    public static Progress None { get; } = new(false);

    /// <param name="fraction">0 to 1.</param>
    public void Tell(double fraction, string what)
    {
        lock (_door)
        {
            if (!isShown || _clock.Elapsed < Silent || _clock.Elapsed - _told < Between)
                return;
            _told = _clock.Elapsed;
            _isOnLine = true;
            Console.Error.Write($"\r{fraction:P0} after {_clock.Elapsed.TotalSeconds:0} s: {what}\e[K");
        }
    }

    /// <summary>A line that stays, whoever reads it.</summary>
    public void Say(string line)
    {
        lock (_door)
        {
            End();
            Console.Error.WriteLine(line);
        }
    }

    public void End()
    {
        if (_isOnLine)
            Console.Error.Write("\r\e[K");
    }
}
