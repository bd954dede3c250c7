using Agora.Storage;

namespace Agora.Spark;

/// <summary>Finds the files that a user's names mean, and cuts them into partitions.</summary>
internal static class InputFiles
{
    /// <summary>A last split may be so much larger than the others, rather than leave a small rest.</summary>
    private const double Slack = 1.1;

    /// <param name="names">Separated by commas; each a file, a directory or a pattern. Names in a directory that begin with _ or . are left out.</param>
    /// <param name="reader">Who reads, for messages.</param>
    /// <exception cref="SparkException">One names nothing, or its store cannot be reached.</exception>
    public static IReadOnlyList<(IFileSystem Store, FileStatus File)> Find(Stores stores, string names, RDD reader)
    {
        var files = new List<(IFileSystem, FileStatus)>();
        foreach (var name in Names(names))
        {
            try
            {
                var place = stores.Find(name);
                var found = Waiting.For(() => PathPattern.ExpandAsync(place.Store, place.Path));
                if (found.Count == 0)
                    throw new SparkException(PathPattern.HasWildcard(name)
                        ? $"the input path '{name}' of {reader.CallSite} matches nothing at {place}"
                        : $"the input path '{name}' of {reader.CallSite} does not exist at {place}");
                foreach (var status in found)
                    if (!status.IsDirectory)
                        files.Add((place.Store, status));
                    else
                        files.AddRange(In(place.Store, status, reader).Select(f => (place.Store, f)));
            }
            catch (FormatException e)
            {
                throw new SparkException($"the input path '{name}' of {reader.CallSite} cannot be read: {e.Message}", e);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException)
            {
                throw new SparkException($"the input path '{name}' of {reader.CallSite} could not be looked up: {e.Message}", e);
            }
        }
        return files;
    }

    /// <summary>
    /// Splits of about the same size that do not reach over blocks' borders more than they must, at least so many where
    /// files can be cut.
    /// </summary>
    public static InputPartition[] Split(IReadOnlyList<(IFileSystem Store, FileStatus File)> files, int minPartitions)
    {
        var goal = Math.Max(1, files.Sum(f => f.File.Length) / Math.Max(1, minPartitions));
        var partitions = new List<InputPartition>();
        foreach (var (store, file) in files.Where(f => f.File.Length > 0))
        {
            var name = store.Prefix + file.Path;
            var blocks = Waiting.For(() => store.LocateAsync(file.Path, 0, file.Length));
            var size = CompressedStreams.IsCompressed(name) ? file.Length
                : Math.Max(1, Math.Min(goal, file.BlockSizeBytes > 0 ? file.BlockSizeBytes : file.Length));
            for (var offset = 0L; offset < file.Length;)
            {
                var left = file.Length - offset;
                var length = left > size * Slack ? size : left;
                partitions.Add(new InputPartition([new FileSplit(name, offset, length)], HostsOf(blocks, offset)));
                offset += length;
            }
        }
        return [.. partitions];
    }

    /// <summary>Whole files, several in a partition where they are small.</summary>
    public static InputPartition[] Whole(IReadOnlyList<(IFileSystem Store, FileStatus File)> files, int minPartitions)
    {
        var goal = Math.Max(1, files.Sum(f => f.File.Length) / Math.Max(1, minPartitions));
        var partitions = new List<InputPartition>();
        var splits = new List<FileSplit>();
        var size = 0L;
        foreach (var (store, file) in files)
        {
            if (splits.Count > 0 && size + file.Length > goal)
                End();
            splits.Add(new FileSplit(store.Prefix + file.Path, 0, file.Length));
            size += file.Length;
        }
        if (splits.Count > 0)
            End();
        return [.. partitions];

        void End()
        {
            partitions.Add(new InputPartition([.. splits], []));
            splits.Clear();
            size = 0;
        }
    }

    /// <summary>A partition for each file, empty ones as well.</summary>
    public static InputPartition[] Each(IReadOnlyList<(IFileSystem Store, FileStatus File)> files) =>
        [.. files.Select(f => new InputPartition([new FileSplit(f.Store.Prefix + f.File.Path, 0, f.File.Length)],
            HostsOf(Waiting.For(() => f.Store.LocateAsync(f.File.Path, 0, f.File.Length)), 0)))];

    private static List<FileStatus> In(IFileSystem store, FileStatus directory, RDD reader)
    {
        var files = new List<FileStatus>();
        foreach (var entry in Waiting.For(() => store.ListAsync(directory.Path)))
        {
            if (entry.Name.StartsWith('_') || entry.Name.StartsWith('.'))
                continue;
            if (entry.IsDirectory)
                throw new SparkException(
                    $"the input directory {store.Prefix}{directory.Path} of {reader.CallSite} has a directory in it, {entry.Name}, " +
                    $"which is not read; name '{directory.Path}/*' to read what is in directories of it, or the files that are meant");
            files.Add(entry);
        }
        return files;
    }

    private static IReadOnlyList<string> HostsOf(IReadOnlyList<BlockLocation> blocks, long offset) =>
        blocks.FirstOrDefault(b => offset < b.Offset + b.Length)?.Hosts ?? [];

    /// <summary>Commas within braces belong to a pattern.</summary>
    private static IEnumerable<string> Names(string names)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= names.Length; i++)
        {
            if (i == names.Length || (names[i] == ',' && depth == 0))
            {
                if (names[start..i].Trim() is { Length: > 0 } name)
                    yield return name;
                start = i + 1;
            }
            else
            {
                depth += names[i] == '{' ? 1 : names[i] == '}' ? -1 : 0;
            }
        }
    }
}
