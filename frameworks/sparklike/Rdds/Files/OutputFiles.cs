using System.Globalization;
using System.Text;
using Agora.Storage;

namespace Agora.Spark;

/// <summary>
/// Writes a dataset into a new directory, a file for each partition. Each attempt of a task writes a file of its own
/// under <c>_temporary</c>; that of the one whose success is heard first is then moved to its place, and at last
/// <c>_SUCCESS</c> says that all is there.
/// </summary>
internal static class OutputFiles
{
    private const int BufferChars = 32 << 10;

    public static void SaveText<T>(RDD<T> rdd, string directory, Compression compression) => Save(
        rdd, directory, CompressedStreams.SuffixOf(compression), (context, file, records) => WriteText(context, file, records, compression));

    public static void SaveRecords<T>(RDD<T> rdd, string directory) => Save(rdd, directory, "", static (context, file, records) =>
        context.Metrics.OutputRecords += RecordFiles.Write(context, file, records));

    private static void Save<T>(RDD<T> rdd, string directory, string suffix, Action<TaskContext, string, IEnumerable<T>> write)
    {
        var context = rdd.Context;
        var site = CallSite.OfUser();
        var place = Create(context, directory, site);
        var target = place.ToString();
        try
        {
            var written = context.Run(rdd, (task, records) =>
            {
                var attempt = $"{target}/_temporary/0/attempt_{Guid.NewGuid():N}/{PartFile.NameOf(task.PartitionId)}{suffix}";
                write(task, attempt, records);
                return attempt;
            }, site: site);
            for (var i = 0; i < written.Length; i++)
                Move(context.Stores.Find(written[i]), $"{place.Path}/{PartFile.NameOf(i)}{suffix}");
            Waiting.For(() => place.Store.DeleteAsync($"{place.Path}/_temporary", recursive: true));
            Waiting.For(() => place.Store.CreateAsync($"{place.Path}/_SUCCESS", new CreateOptions(), (_, _) => Task.CompletedTask));
        }
        catch
        {
            // It is this job's own, and without it the job can be tried again.
            Waiting.For(() => place.Store.DeleteAsync(place.Path, recursive: true));
            throw;
        }
    }

    private static StoredPath Create(SparkContext context, string directory, CallSite site)
    {
        try
        {
            var place = context.Stores.Find(directory);
            if (Waiting.For(() => place.Store.StatAsync(place.Path)) is not null)
                throw new SparkException(
                    $"the output directory {place} of {site} exists already; delete it, or name another");
            Waiting.For(() => place.Store.MakeDirectoriesAsync($"{place.Path}/_temporary/0"));
            return place;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or FormatException or UnauthorizedAccessException)
        {
            throw new SparkException($"the output directory '{directory}' of {site} cannot be made: {e.Message}", e);
        }
    }

    private static void Move(StoredPath from, string to)
    {
        if (!Waiting.For(() => from.Store.RenameAsync(from.Path, to)))
            throw new SparkException($"the output file {from} could not be moved to {to}");
    }

    private static void WriteText<T>(TaskContext context, string name, IEnumerable<T> records, Compression compression)
    {
        var file = context.Services.Stores.Find(name);
        Waiting.For(() => file.Store.CreateAsync(file.Path, new CreateOptions(), (to, stop) =>
        {
            using var packed = compression == Compression.None ? null : CompressedStreams.Writing(to, compression);
            using var text = new StreamWriter(packed ?? to, new UTF8Encoding(false), BufferChars, leaveOpen: true) { NewLine = "\n" };
            foreach (var record in Pipeline.WhileWanted(records, stop))
            {
                text.WriteLine(record as string ?? Convert.ToString(record, CultureInfo.InvariantCulture));
                context.Metrics.OutputRecords++;
            }
            return Task.CompletedTask;
        }, context.Stop));
    }
}
