namespace Agora.Web;

/// <summary>
/// What part of the cluster each framework held over time: the last ten minutes finely, the last day coarsely. Not thread-safe
/// for writing; what is read is never changed.
/// </summary>
internal sealed class ShareHistory
{
    public static readonly TimeSpan FineStep = TimeSpan.FromSeconds(2), CoarseStep = TimeSpan.FromMinutes(5);
    public const int FineMax = 300, CoarseMax = 288;

    /// <summary>Frameworks told apart at one point of time; the smaller ones are one.</summary>
    public const int PartsMax = 20;

    private readonly Ring _fine = new(FineMax), _coarse = new(CoarseMax);
    private readonly List<SharePoint> _gathering = [];
    private DateTimeOffset _gatherUntil;

    public IReadOnlyList<SharePoint> Fine => _fine.Points;
    public IReadOnlyList<SharePoint> Coarse => _coarse.Points;

    public void Add(HoldingsView view)
    {
        var point = SharePoint.Of(view);
        _fine.Add(point);
        if (_gathering.Count == 0)
            _gatherUntil = view.Time + CoarseStep;
        _gathering.Add(point);
        if (view.Time < _gatherUntil && _gathering.Count < CoarseStep / FineStep)
            return;
        _coarse.Add(SharePoint.Mean(_gathering));
        _gathering.Clear();
    }

    /// <summary>The newest points, oldest first, in a list that is replaced and not changed.</summary>
    private sealed class Ring(int max)
    {
        public IReadOnlyList<SharePoint> Points { get; private set; } = [];

        public void Add(SharePoint point) => Points = [.. Points.Skip(Points.Count - max + 1), point];
    }
}

/// <summary>Who held what part at one moment.</summary>
/// <param name="Parts">Largest first.</param>
internal sealed record SharePoint(DateTimeOffset Time, IReadOnlyList<SharePart> Parts)
{
    public static SharePoint Of(HoldingsView view)
    {
        var parts = view.Frameworks.Select(f => new SharePart(f.FrameworkId, f.Name,
                Part(f.Used.MilliCpus, view.Total.MilliCpus), Part(f.Used.MemBytes, view.Total.MemBytes)))
            .Where(p => p.Cpus > 0 || p.Mem > 0);
        return new SharePoint(view.Time, Bounded(parts));
    }

    public static SharePoint Mean(IReadOnlyCollection<SharePoint> points) => new(points.Last().Time, Bounded(points
        .SelectMany(p => p.Parts).GroupBy(p => p.FrameworkId).Select(g => new SharePart(
            g.Key, g.First().Name, g.Sum(p => p.Cpus) / points.Count, g.Sum(p => p.Mem) / points.Count))));

    private static List<SharePart> Bounded(IEnumerable<SharePart> parts)
    {
        var sorted = parts.OrderByDescending(p => Math.Max(p.Cpus, p.Mem)).ThenBy(p => p.FrameworkId).ToList();
        if (sorted.Count <= ShareHistory.PartsMax)
            return sorted;
        var rest = sorted.Skip(ShareHistory.PartsMax).ToList();
        return [.. sorted.Take(ShareHistory.PartsMax), new SharePart(null, "others", rest.Sum(p => p.Cpus), rest.Sum(p => p.Mem))];
    }

    private static double Part(long held, long total) => total == 0 ? 0 : (double)held / total;
}

/// <param name="FrameworkId">Null for several small ones together.</param>
/// <param name="Cpus">Part of the cluster's processors, 0 to 1.</param>
/// <param name="Mem">Part of its memory, 0 to 1.</param>
internal sealed record SharePart(FrameworkId? FrameworkId, string Name, double Cpus, double Mem);
