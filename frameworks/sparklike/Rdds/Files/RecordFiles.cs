using Agora.Storage;

namespace Agora.Spark;

/// <summary>Files of records in the form that shuffles have, too.</summary>
internal static class RecordFiles
{
    /// <summary>Writes a file, or none if that fails; one that is there is replaced.</summary>
    /// <returns>How many records.</returns>
    public static long Write<T>(TaskContext context, string name, IEnumerable<T> records)
    {
        var file = context.Services.Stores.Find(name);
        T[] all = [.. records];
        var bytes = context.Services.Encode(all);
        Waiting.For(() => file.Store.CreateAsync(
            file.Path, new CreateOptions(Overwrite: true), async (to, stop) => await to.WriteAsync(bytes, stop), context.Stop));
        return all.Length;
    }

    public static IEnumerable<T> Read<T>(TaskContext context, string name)
    {
        var file = context.Services.Stores.Find(name);
        using var from = Waiting.For(() => file.Store.OpenAsync(file.Path, stop: context.Stop));
        using var bytes = new MemoryStream();
        from.CopyTo(bytes);
        return context.Services.Decode<T[]>(bytes.ToArray());
    }
}
