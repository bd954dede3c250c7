using Agora.Storage;

namespace Agora.MapReduce;

/// <summary>The files that jobs read and write, by the names users write.</summary>
public sealed class FileSystem
{
    private readonly Stores _stores;

    private FileSystem(Stores stores) => _stores = stores;

    public static FileSystem Get() => new(JobClient.Host.Stores);

    /// <summary>The name in full, such as <c>hdfs://127.0.0.1:9870/user/ann/in</c>.</summary>
    public string Qualify(string path) => _stores.Find(path).ToString();

    public bool Exists(string path) => Stat(path) is not null;

    /// <summary>Null if there is nothing.</summary>
    public FileStatus? Stat(string path) => Run(path, (store, p) => store.StatAsync(p));

    /// <summary>What a directory holds, sorted by name.</summary>
    public IReadOnlyList<FileStatus> List(string path) => Run(path, (store, p) => store.ListAsync(p));

    /// <param name="length">In bytes; null for all.</param>
    public Stream Open(string path, long offset = 0, long? length = null) =>
        Run(path, (store, p) => store.OpenAsync(p, offset, length));

    /// <summary>Creates or replaces a file.</summary>
    public void Create(string path, ReadOnlyMemory<byte> content) => Run(path, async (store, p) =>
    {
        await store.CreateAsync(p, new CreateOptions(Overwrite: true), async (s, stop) => await s.WriteAsync(content, stop));
        return true;
    });

    /// <summary>False if there was nothing to delete.</summary>
    public bool Delete(string path, bool recursive) => Run(path, (store, p) => store.DeleteAsync(p, recursive));

    /// <summary>False if it cannot be done.</summary>
    public bool Rename(string path, string destination) =>
        Run(path, (store, p) => store.RenameAsync(p, _stores.Find(destination).Path));

    private T Run<T>(string path, Func<IFileSystem, string, Task<T>> ask)
    {
        var found = _stores.Find(path);
        return ask(found.Store, found.Path).GetAwaiter().GetResult();
    }
}
