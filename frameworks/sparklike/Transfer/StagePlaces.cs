using K4os.Compression.LZ4;

namespace Agora.Spark.Transfer;

/// <summary>Where a stage's tasks find the output of its parents, and cached blocks on other executors.</summary>
/// <param name="Outputs">By shuffle, then by map partition.</param>
/// <param name="Cached">Agents with executors that hold a block, by the address of their file servers.</param>
/// <param name="Executors">All agents with executors of the application, in the same way.</param>
internal sealed record StagePlaces(
    IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> Outputs, IReadOnlyDictionary<BlockId, IReadOnlyList<string>> Cached,
    IReadOnlyList<string> Executors)
{
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        to.Write7BitEncodedInt(Outputs.Count);
        foreach (var (shuffle, outputs) in Outputs)
        {
            to.Write7BitEncodedInt(shuffle);
            to.Write7BitEncodedInt(outputs.Count);
            foreach (var output in outputs)
            {
                to.Write(output.Location);
                to.Write7BitEncodedInt(output.Offsets.Count);
                var before = 0L;
                foreach (var offset in output.Offsets)
                {
                    to.Write7BitEncodedInt64(offset - before);
                    before = offset;
                }
            }
        }
        to.Write7BitEncodedInt(Cached.Count);
        foreach (var (block, addresses) in Cached)
        {
            to.Write7BitEncodedInt(block.RddId);
            to.Write7BitEncodedInt(block.Partition);
            Write(to, addresses);
        }
        Write(to, Executors);
        to.Flush();
        return LZ4Pickler.Pickle(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <exception cref="IOException">They are damaged.</exception>
    public static StagePlaces From(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(LZ4Pickler.Unpickle(bytes)));
        Dictionary<int, IReadOnlyList<MapOutput>> all = [];
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
        {
            var shuffle = from.Read7BitEncodedInt();
            var outputs = new MapOutput[from.Read7BitEncodedInt()];
            for (var i = 0; i < outputs.Length; i++)
            {
                var location = from.ReadString();
                var offsets = new long[from.Read7BitEncodedInt()];
                var before = 0L;
                for (var j = 0; j < offsets.Length; j++)
                    offsets[j] = before += from.Read7BitEncodedInt64();
                outputs[i] = new MapOutput(location, offsets);
            }
            all.Add(shuffle, outputs);
        }
        Dictionary<BlockId, IReadOnlyList<string>> cached = [];
        for (var left = from.Read7BitEncodedInt(); left > 0; left--)
        {
            var block = new BlockId(from.Read7BitEncodedInt(), from.Read7BitEncodedInt());
            cached.Add(block, ReadTexts(from));
        }
        return new StagePlaces(all, cached, ReadTexts(from));
    }

    private static void Write(BinaryWriter to, IReadOnlyList<string> texts)
    {
        to.Write7BitEncodedInt(texts.Count);
        foreach (var text in texts)
            to.Write(text);
    }

    private static string[] ReadTexts(BinaryReader from)
    {
        var texts = new string[from.Read7BitEncodedInt()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = from.ReadString();
        return texts;
    }
}
