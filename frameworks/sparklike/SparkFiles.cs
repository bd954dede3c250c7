namespace Agora.Spark;

/// <summary>Files that were sent along with <see cref="SparkContext.AddFile"/> or <c>spark-submit --files</c>.</summary>
public static class SparkFiles
{
    /// <summary>A file's path where this code runs, in a task or in the driver.</summary>
    /// <param name="name">Its name without directory.</param>
    /// <exception cref="SparkException">No such file was added.</exception>
    public static string Get(string name)
    {
        if (TaskContext.Current is { } task)
            return task.Services.FileOf(name);
        return Added.TryGetValue(name, out var path) ? path : throw Missing(name);
    }

    /// <summary>The driver's, by name.</summary>
    internal static System.Collections.Concurrent.ConcurrentDictionary<string, string> Added { get; } = new(StringComparer.Ordinal);

    /// <summary>Under which executors ask for a file.</summary>
    internal static string NameOf(string name) => $"file {name}";

    internal static ReadOnlyMemory<byte>? Find(string name) => Added.TryGetValue(name, out var path) ? File.ReadAllBytes(path) : null;

    internal static SparkException Missing(string name) =>
        new($"there is no file '{name}': add it with SparkContext.AddFile, or with spark-submit --files");
}
