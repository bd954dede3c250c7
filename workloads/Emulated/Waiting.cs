using System.Diagnostics;

namespace Agora.Workloads.Emulated;

internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5), Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until so many are counted.</summary>
    /// <param name="tell">Told what is counted, for who waits.</param>
    /// <exception cref="WrongOutputException">The count stood still for minutes.</exception>
    public static async Task UntilAsync(Func<Task<int>> count, int wanted, Action<int> tell, CancellationToken cancellation)
    {
        var unchanged = Stopwatch.StartNew();
        for (var last = -1; ;)
        {
            var now = await count();
            if (now >= wanted)
                return;
            if (now != last)
                unchanged.Restart();
            if (unchanged.Elapsed > Patience)
                throw new WrongOutputException($"it stands still at {now} of {wanted}");
            last = now;
            tell(now);
            await Task.Delay(Pause, cancellation);
        }
    }
}
