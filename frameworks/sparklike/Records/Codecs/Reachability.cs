namespace Agora.Spark.Records.Codecs;

internal static class Reachability
{
    /// <summary>A codec's objects may lead back to objects of the same type. The same answer in every process.</summary>
    public static bool CanReferToItself(RecordCodec codec)
    {
        var seen = new HashSet<RecordCodec>();
        var open = new Stack<RecordCodec>([codec]);
        while (open.TryPop(out var next))
        {
            if (next.IsOpen)
                return true;
            foreach (var part in next.Parts)
            {
                if (part == codec)
                    return true;
                if (seen.Add(part))
                    open.Push(part);
            }
        }
        return false;
    }
}
