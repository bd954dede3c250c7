namespace Agora.Workloads.Recovery;

/// <summary>Which faults happen when. The same seed gives the same list; whom exactly a fault meets is up to who runs then.</summary>
internal static class FaultSchedule
{
    /// <summary>Jobs begin before the first fault does.</summary>
    private const double FirstAt = 4;

    private const double GapMin = 1.5, GapMax = 4;
    private const double StopMin = 0.5, StopMax = 12;
    private const int LinksInDeck = 3;

    /// <summary>A fault in so many comes together with the next.</summary>
    private const int Pairs = 4;

    private static readonly IReadOnlyList<Target> Processes = [.. Enum.GetValues<Target>().Where(t => t != Target.Link)];

    /// <param name="seconds">All happens within so many.</param>
    /// <param name="hasLinks">Whether nodes have links that can be cut.</param>
    public static IReadOnlyList<Fault> Of(ulong seed, double seconds, bool hasLinks)
    {
        var random = new Random((int)(seed % int.MaxValue));
        List<Fault> faults = [];
        var deck = new Queue<(Target Target, Blow Blow)>();
        for (var at = FirstAt; at < seconds;)
        {
            if (deck.Count == 0)
            {
                // Each kind is killed as often as any other, in another order each time; some are stopped.
                (Target, Blow)[] cards = [.. Processes.Select(t => (t, Blow.Kill)), .. Processes.Where(_ => random.Next(2) == 0).Select(t => (t, Blow.Stop)),
                    .. hasLinks ? Enumerable.Repeat((Target.Link, Blow.CutOff), LinksInDeck) : []];
                random.Shuffle(cards);
                deck = new Queue<(Target, Blow)>(cards);
            }
            var (target, blow) = deck.Dequeue();
            // Most are short, so that some are over before anybody has noticed.
            var lasts = blow == Blow.Kill ? 0 : StopMin + (StopMax - StopMin) * Math.Pow(random.NextDouble(), 2);
            faults.Add(new Fault(at, target, blow, Math.Round(lasts, 2), random.Next(1 << 16)));
            if (random.Next(Pairs) > 0)
                at += GapMin + (GapMax - GapMin) * random.NextDouble();
        }
        return faults;
    }
}
