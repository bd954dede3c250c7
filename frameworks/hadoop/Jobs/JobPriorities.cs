namespace Agora.Hadoop.Jobs;

/// <summary>What <c>mapred.job.priority</c> may be.</summary>
public static class JobPriorities
{
    /// <summary>The most urgent first.</summary>
    public static readonly IReadOnlyList<string> All = ["VERY_HIGH", "HIGH", "NORMAL", "LOW", "VERY_LOW"];

    /// <summary>0 for the most urgent; a word that is none counts as NORMAL.</summary>
    public static int Rank(string priority)
    {
        for (var rank = 0; rank < All.Count; rank++)
            if (All[rank] == priority)
                return rank;
        return Rank("NORMAL");
    }
}
