using System.Collections.Concurrent;
using Agora.Sdk;
using Agora.Spark.Blocks;
using Agora.Spark.Driver;
using Agora.Spark.Records;
using Agora.Spark.Shuffle;
using Agora.Spark.Transfer;
using Agora.Storage;

namespace Agora.Spark.Executor;

/// <summary>What an executor's tasks share: kept partitions, memory, files, broadcast values, the way to stores.</summary>
internal sealed class ExecutorNode : IDisposable
{
    private const double MemoryFraction = 0.6;

    private readonly NodeFiles _files;
    private readonly Func<string, byte[]?> _get;
    // An HttpClient would hold whole outputs in memory.
    private readonly HttpMessageInvoker _http = new(AgentFilesHandler.OfContainer());
    private readonly ConcurrentDictionary<long, Lazy<object?>> _broadcasts = [];

    /// <summary>Datasets of which partitions are kept.</summary>
    private readonly ConcurrentDictionary<int, bool> _kept = [];

    /// <param name="memoryBytes">Of the executor; a part of it is for records.</param>
    /// <param name="get">Asks the driver for bytes by name; null if it has none.</param>
    public ExecutorNode(SparkConf conf, long memoryBytes, NodeFiles files, Stores stores, Func<string, byte[]?> get)
    {
        (_files, _get, Stores) = (files, get, stores);
        var memory = new MemoryPool((long)(memoryBytes * conf.GetDouble("spark.memory.fraction", MemoryFraction)));
        Shuffles = new ShuffleFiles(files.Shared, files.SharedUrl, Path.Combine(files.Local, "spills"), memory, _http, TimeProvider.System);
        Blocks = new BlockStore(memory, Path.Combine(files.Local, "blocks"));
    }

    public Stores Stores { get; }

    public ShuffleFiles Shuffles { get; }

    public BlockStore Blocks { get; }

    /// <summary>Other executors' kept partitions; null where there are none.</summary>
    public PeerBlocks? Peers { get; set; }

    /// <summary>It keeps what later tasks may use.</summary>
    public bool KeepsBlocks => !_kept.IsEmpty;

    /// <summary>What tasks have at hand that find their input at the places.</summary>
    public ITaskServices ServicesFor(StagePlaces places) => new TaskServices(this, places);

    public IReadOnlyList<BlockChange> TakeChanges()
    {
        var changes = Blocks.TakeChanges();
        foreach (var change in changes.Where(c => c.IsKept))
            _kept[change.Block.RddId] = true;
        return changes;
    }

    /// <summary>The dataset is no longer persisted.</summary>
    public void Forget(int rddId)
    {
        _kept.TryRemove(rddId, out _);
        Blocks.Drop(rddId);
    }

    public void ForgetBroadcast(long id) => _broadcasts.TryRemove(id, out _);

    /// <summary>A broadcast value; fetched by the first task that asks, all others wait for it.</summary>
    /// <exception cref="SparkException">The driver has it no more.</exception>
    public T Broadcast<T>(long id)
    {
        var value = _broadcasts.GetOrAdd(id, i => new Lazy<object?>(() =>
        {
            var bytes = _get(BroadcastStore.NameOf(i)) ?? throw new SparkException($"broadcast {i} was used after it was destroyed");
            return RecordBlocks.Read<T>(new MemoryStream(bytes)).Single();
        }));
        try
        {
            return (T)value.Value!;
        }
        catch
        {
            // So that the next task asks again.
            _broadcasts.TryRemove(new(id, value));
            throw;
        }
    }

    /// <summary>Path of a file that was added in the driver; the first task that asks fetches it.</summary>
    /// <exception cref="SparkException">The driver has none of that name.</exception>
    public string FileOf(string name)
    {
        var path = Path.Combine(_files.Local, "files", Path.GetFileName(name));
        lock (_http)
        {
            if (File.Exists(path))
                return path;
            var bytes = _get(SparkFiles.NameOf(name)) ?? throw SparkFiles.Missing(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path + ".new", bytes);
            // Commands may be sent along to be piped through.
            File.SetUnixFileMode(path + ".new", File.GetUnixFileMode(path + ".new") | UnixFileMode.UserExecute);
            File.Move(path + ".new", path);
            return path;
        }
    }

    /// <summary>Leaves a result for the driver to fetch.</summary>
    /// <returns>Where it is.</returns>
    public string StoreResult(TaskId task, ReadOnlyMemory<byte> result)
    {
        var name = $"results/{Guid.NewGuid():N}";
        var path = Path.Combine(_files.Shared, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = File.Create(path))
            file.Write(result.Span);
        return $"{_files.SharedUrl}/{name}";
    }

    /// <summary>The application is over: what was to outlive the executor is of no more use.</summary>
    public void RemoveFiles()
    {
        foreach (var directory in (ReadOnlySpan<string>)[_files.Shared, _files.Local])
        {
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (IOException)
            {
                // Nothing was written, or a task is still at it: the sandbox goes with the agent's own cleaning.
            }
        }
    }

    public void Dispose()
    {
        Blocks.Dispose();
        _http.Dispose();
    }
}
