using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks;
using Agora.Hadoop.Tasks.Input;
using Agora.Storage;

namespace Agora.Hadoop.Service;

/// <summary>A file to be read, and where its blocks are.</summary>
internal sealed record InputFile(string Path, long Length, long BlockSizeBytes, IReadOnlyList<BlockLocation> Blocks);

/// <summary>
/// Cuts files into splits as Hadoop's old API does: aimed at total / <c>mapred.map.tasks</c>, not above a block nor
/// below <c>mapred.min.split.size</c>; a rest of up to a tenth joins the last split; compressed and empty files are
/// one split. Maps are numbered by length, longest first.
/// </summary>
internal static class SplitPlan
{
    private const double SlopShare = 1.1;

    public static IReadOnlyList<InputSplit> Cut(
        IReadOnlyList<InputFile> files, int mapsWanted, long splitSizeMin, long splitSizeMax = long.MaxValue)
    {
        var goal = files.Sum(f => f.Length) / Math.Max(1, mapsWanted);
        List<InputSplit> splits = [];
        foreach (var file in files)
        {
            if (file.Length == 0 || Codec.IsCompressed(file.Path))
            {
                splits.Add(Split(file, 0, file.Length, splits.Count));
                continue;
            }
            var size = Math.Max(1, Math.Max(splitSizeMin, Math.Min(Math.Min(goal, splitSizeMax), file.BlockSizeBytes)));
            var left = file.Length;
            for (; (double)left / size > SlopShare; left -= size)
                splits.Add(Split(file, file.Length - left, size, splits.Count));
            if (left > 0)
                splits.Add(Split(file, file.Length - left, left, splits.Count));
        }
        return [.. splits.OrderByDescending(s => s.Length)];
    }

    /// <summary>NLineInputFormat's splits: so many lines each. The files are read for it.</summary>
    public static IReadOnlyList<InputSplit> CutByLines(
        IReadOnlyList<InputFile> files, int lines, Func<InputFile, Stream> open)
    {
        List<InputSplit> splits = [];
        foreach (var file in files)
        {
            using var stream = open(file);
            using var reader = new LineReader(stream);
            var (begin, count) = (0L, 0);
            var more = true;
            while (more)
            {
                more = reader.Next(out _);
                count += more ? 1 : 0;
                if (count == 0 || (more && count < lines))
                    continue;
                splits.Add(Split(file, begin, reader.Consumed - begin, splits.Count));
                (begin, count) = (reader.Consumed, 0);
            }
        }
        return [.. splits.OrderByDescending(s => s.Length)];
    }

    private static InputSplit Split(InputFile file, long offset, long length, int order)
    {
        var bytes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var copies = 0;
        foreach (var block in file.Blocks)
        {
            var overlap = Math.Min(offset + length, block.Offset + block.Length) - Math.Max(offset, block.Offset);
            if (overlap <= 0)
                continue;
            copies = Math.Max(copies, block.Hosts.Count);
            foreach (var host in block.Hosts)
                bytes[host] = bytes.GetValueOrDefault(host) + overlap;
        }
        // As many hosts as a block has copies: those that hold most of the split.
        var hosts = bytes.OrderByDescending(b => b.Value).Take(copies).Select(b => b.Key);
        return new InputSplit(file.Path, offset, length, [.. hosts], order);
    }
}
