using System.Collections.Concurrent;
using System.Text;
using Agora.Sdk;
using Agora.Spark.Blocks;
using Agora.Spark.Transfer;

namespace Agora.Spark.Executor;

/// <summary>
/// Kept partitions on other executors of the application. Each serves its own to those that show the token, and says where
/// in a file that its agent serves: agents are what the scheduler knows.
/// </summary>
internal sealed class PeerBlocks : IAsyncDisposable
{
    private const string AddressFile = "executor";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NodeFiles _files;
    private readonly string _token, _own;
    private readonly BlockStore _blocks;
    private readonly BlobServer _server;
    private readonly ConcurrentDictionary<string, BlobClient> _peers = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new(AgentFilesHandler.OfContainer()) { Timeout = Patience };

    public PeerBlocks(NodeFiles files, string agent, string token, BlockStore blocks)
    {
        (_files, _token, _blocks, Agent) = (files, token, blocks, agent);
        _server = new BlobServer(token, Answer);
        _own = $"{agent[..agent.LastIndexOf(':')]}:{_server.Port}";
        Directory.CreateDirectory(files.Shared);
        File.WriteAllText(Path.Combine(files.Shared, AddressFile), _own);
    }

    /// <summary>Host and port of this agent's file server.</summary>
    public string Agent { get; }

    /// <summary>A partition as an executor on one of the agents has it; null if none is reached or has it.</summary>
    public Stream? Find(BlockId block, IEnumerable<string> agents) =>
        agents.Where(a => a != Agent).Select(a => Ask(a, Name(block))).FirstOrDefault(b => b is not null) is { } bytes ? new MemoryStream(bytes) : null;

    /// <summary>Has executors on other agents keep copies of a partition; as many as can be had.</summary>
    /// <param name="copies">Wanted beside this one.</param>
    public void Replicate(BlockId block, StorageLevel level, int copies, IEnumerable<string> agents)
    {
        foreach (var agent in agents.Where(a => a != Agent))
        {
            if (copies == 0)
                return;
            if (Ask(agent, $"copy {block.RddId} {block.Partition} {Flags(level)} {_own}") is not null)
                copies--;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var peer in _peers.Values)
            peer.Dispose();
        _http.Dispose();
    }

    private static string Name(BlockId block) => $"block {block.RddId} {block.Partition}";

    private static int Flags(StorageLevel level) => (level.UsesMemory ? 1 : 0) | (level.UsesDisk ? 2 : 0);

    private byte[]? Ask(string agent, string question)
    {
        try
        {
            var address = _peers.TryGetValue(agent, out _) ? "" : Encoding.UTF8.GetString(
                _http.GetByteArrayAsync(new Uri($"http://{agent}/files/shared/{Path.GetFileName(_files.Shared)}/{AddressFile}")).GetAwaiter().GetResult());
            return _peers.GetOrAdd(agent, _ => ClientOf(address)).Get(question);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException or FormatException)
        {
            // Its executor is gone; the next one there has another address.
            if (_peers.TryRemove(agent, out var gone))
                gone.Dispose();
            return null;
        }
    }

    private BlobClient ClientOf(string address)
    {
        var colon = address.LastIndexOf(':');
        return new BlobClient(address[..Math.Max(colon, 0)], int.Parse(address[(colon + 1)..]), _token);
    }

    private ReadOnlyMemory<byte>? Answer(string question) => question.Split(' ') switch
    {
        ["block", var rdd, var partition] => Packed(new BlockId(int.Parse(rdd), int.Parse(partition))),
        ["copy", var rdd, var partition, var flags, var from] => Copy(new BlockId(int.Parse(rdd), int.Parse(partition)), int.Parse(flags), from),
        _ => null,
    };

    private byte[]? Packed(BlockId block)
    {
        using var packed = _blocks.OpenPacked(block);
        if (packed is null)
            return null;
        using var bytes = new MemoryStream();
        packed.CopyTo(bytes);
        return bytes.ToArray();
    }

    private ReadOnlyMemory<byte>? Copy(BlockId block, int flags, string from)
    {
        using var peer = ClientOf(from);
        if (peer.Get(Name(block)) is not { } bytes)
            return null;
        _blocks.Put(block, new StorageLevel((flags & 1) != 0, (flags & 2) != 0, IsSerialized: true), new MemoryStream(bytes));
        return ReadOnlyMemory<byte>.Empty;
    }
}
