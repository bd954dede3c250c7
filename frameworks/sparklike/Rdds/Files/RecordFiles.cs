using Agora.Spark.Records;
using Agora.Storage;

namespace Agora.Spark;

/// <summary>Files of records, in packed blocks with checksums.</summary>
internal static class RecordFiles
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Writes a file, or none if that fails; one that is there is replaced.</summary>
    /// <returns>How many records.</returns>
    public static long Write<T>(TaskContext context, string name, IEnumerable<T> records)
    {
        var file = context.Services.Stores.Find(name);
        var count = 0L;
        Waiting.For(() => file.Store.CreateAsync(file.Path, new CreateOptions(Overwrite: true), (to, stop) =>
        {
            RecordBlocks.Write(to, Counted(Pipeline.WhileWanted(records, stop)));
            return Task.CompletedTask;
        }, context.Stop));
        return count;

        IEnumerable<T> Counted(IEnumerable<T> all)
        {
            foreach (var record in all)
            {
                count++;
                yield return record;
            }
        }
    }

    public static IEnumerable<T> Read<T>(TaskContext context, string name)
    {
        var file = context.Services.Stores.Find(name);
        using var from = new BufferedStream(Waiting.For(() => file.Store.OpenAsync(file.Path, stop: context.Stop)), BufferBytes);
        foreach (var record in RecordBlocks.Read<T>(from))
        {
            context.Metrics.InputRecords++;
            yield return record;
        }
    }
}
