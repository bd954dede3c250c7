using System.Text;

namespace Agora.Spark;

/// <summary>Lineages as Spark's users know them.</summary>
internal static class LineageText
{
    public static string Of(RDD rdd)
    {
        var text = new StringBuilder();
        var count = $"({rdd.PartitionCount})";
        text.Append(count).Append(' ').Append(Line(rdd));
        var open = new Stack<(RDD Rdd, string Prefix, bool IsShuffle, bool IsLast)>();
        Push(open, rdd, Margin(count) + " ");
        while (open.TryPop(out var next))
        {
            text.Append('\n');
            if (!next.IsShuffle)
            {
                text.Append(next.Prefix).Append(Line(next.Rdd));
                Push(open, next.Rdd, next.Prefix);
                continue;
            }
            var own = $"({next.Rdd.PartitionCount})";
            var margin = WithoutLastBar(next.Prefix);
            text.Append(margin).Append("+-").Append(own).Append(' ').Append(Line(next.Rdd));
            Push(open, next.Rdd, margin + (next.IsLast ? "  " : "| ") + Margin(own) + " ");
        }
        return text.ToString();
    }

    private static void Push(Stack<(RDD, string, bool, bool)> open, RDD rdd, string prefix)
    {
        for (var i = rdd.Dependencies.Count - 1; i >= 0; i--)
            open.Push((rdd.Dependencies[i].Parent, prefix, rdd.Dependencies[i] is ShuffleDependency, i == rdd.Dependencies.Count - 1));
    }

    /// <summary>A bar under the middle of the number of partitions.</summary>
    private static string Margin(string count)
    {
        var left = (count.Length - 1) / 2;
        return new string(' ', left) + '|' + new string(' ', count.Length - left - 1);
    }

    private static string WithoutLastBar(string prefix)
    {
        var trimmed = prefix.TrimEnd();
        return trimmed.Length < prefix.Length && trimmed.EndsWith('|') ? trimmed[..^1] : prefix;
    }

    private static string Line(RDD rdd) => $"{rdd} [{Describe(rdd.StorageLevel)}]";

    private static string Describe(StorageLevel level) => !level.IsKept ? "" :
        $"{(level.UsesDisk ? "Disk " : "")}{(level.UsesMemory ? "Memory " : "")}" +
        $"{(level.IsSerialized ? "Serialized" : "Deserialized")} {level.Replicas}x Replicated";
}
