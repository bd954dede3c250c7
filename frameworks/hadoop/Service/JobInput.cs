using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Service;

/// <summary>Finds a job's input files: patterns are expanded, directories give what they hold, hidden names do not count.</summary>
internal static class JobInput
{
    /// <summary>Suffixes of compressed files that cannot be read yet; as text they would be garbage.</summary>
    private static readonly string[] UnreadableSuffixes = [".snappy", ".lz4", ".lzo"];

    /// <exception cref="SubmissionRefusedException">A path names nothing, or something that cannot be read.</exception>
    public static async Task<IReadOnlyList<InputFile>> FindAsync(
        Stores stores, IReadOnlyList<string> paths, bool recursive = false)
    {
        List<string> problems = [];
        List<(IFileSystem Store, FileStatus Status)> found = [];
        foreach (var path in paths)
        {
            var input = stores.Find(path);
            var matches = await PathPattern.ExpandAsync(input.Store, input.Path);
            var visible = PathPattern.HasWildcard(input.Path) ? matches.Where(m => !IsHidden(m)).ToList() : matches;
            if (visible.Count == 0)
            {
                problems.Add(PathPattern.HasWildcard(input.Path)
                    ? $"Input Pattern {input} matches 0 files" : $"Input path does not exist: {input}");
            }
            foreach (var match in visible)
            {
                if (match.IsDirectory)
                    await AddAsync(input.Store, match.Path, recursive, found);
                else
                    found.Add((input.Store, match));
            }
        }
        if (problems.Count > 0)
            throw new SubmissionRefusedException(RefusalKind.InputMissing, string.Join('\n', problems));
        List<InputFile> files = [];
        foreach (var (store, status) in found)
        {
            var name = new StoredPath(store, status.Path).ToString();
            if (status.IsDirectory)
                throw new SubmissionRefusedException(RefusalKind.Failed, $"Not a file: {name}");
            if (UnreadableSuffixes.Any(s => status.Name.EndsWith(s, StringComparison.Ordinal)))
                throw new SubmissionRefusedException(RefusalKind.Failed,
                    $"{name} is compressed in a way that is not supported yet; only .gz, .bz2, .deflate and .zst are: unpack or convert it");
            files.Add(new InputFile(name, status.Length, status.BlockSizeBytes,
                status.Length == 0 ? [] : await store.LocateAsync(status.Path, 0, status.Length)));
        }
        return files;
    }

    private static async Task AddAsync(
        IFileSystem store, string directory, bool recursive, List<(IFileSystem Store, FileStatus Status)> found)
    {
        foreach (var entry in await store.ListAsync(directory))
        {
            if (IsHidden(entry))
                continue;
            if (entry.IsDirectory && recursive)
                await AddAsync(store, entry.Path, recursive, found);
            else
                found.Add((store, entry));
        }
    }

    /// <summary>Cuts them as the job's input format does.</summary>
    public static IReadOnlyList<InputSplit> Split(JobConf conf, Stores stores, IReadOnlyList<InputFile> files) =>
        StreamingClasses.Means(conf[JobConf.InputFormat], StreamingClasses.NLineInput)
            ? SplitPlan.CutByLines(files, conf.Int(JobConf.LinesPerMap), f => Open(stores, f))
            : SplitPlan.Cut(files, conf.Int(JobConf.MapTasks), conf.Long(JobConf.SplitSizeMin), conf.Long(JobConf.SplitSizeMax));

    private static Stream Open(Stores stores, InputFile file)
    {
        var stored = stores.Find(file.Path);
        if (Tasks.Codec.IsCompressed(file.Path))
            throw new SubmissionRefusedException(RefusalKind.Failed,
                $"{file.Path} is compressed, and NLineInputFormat cannot begin in the middle of it: unpack it");
        return stored.Store.OpenAsync(stored.Path).GetAwaiter().GetResult();
    }

    private static bool IsHidden(FileStatus status) => status.Name.StartsWith('_') || status.Name.StartsWith('.');
}
