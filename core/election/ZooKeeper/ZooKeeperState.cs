namespace Agora.Election.ZooKeeper;

/// <summary>
/// A node beside the candidates'. Each leader begins by writing what it has read, which gives the node a version that no former
/// leader knows, and writes are only taken with the version before them.
/// </summary>
internal sealed class ZooKeeperState(ZooKeeperSession session, string path, TimeProvider time) : ILeaderState
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>What a server of ZooKeeper takes at most.</summary>
    private const int BytesMax = 1 << 20;

    private int _version;

    public async Task<byte[]?> LoadAsync(CancellationToken cancellation)
    {
        await TryAsync(() =>
        {
            session.MakePath(path);
            return true;
        }, cancellation);
        while (true)
        {
            var (value, version) = await TryAsync(() => session.ReadVersion(path, BytesMax), cancellation) ?? throw new IOException($"{path} has been deleted");
            _version = version;
            // A node that was just made holds nothing, and a member may be behind the one that took the last write.
            if (await WriteAsync(value, cancellation))
                return value.Length == 0 ? null : value;
        }
    }

    public async Task StoreAsync(ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        if (!await WriteAsync(value.ToArray(), cancellation))
            throw new IOException("this master leads no more");
    }

    /// <summary>The session is the election's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <returns>False if somebody else has written since.</returns>
    private async Task<bool> WriteAsync(byte[] value, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var written = await Task.Run(() => session.Using(() => session.Write(path, value, _version)), cancellation);
                if (written)
                    _version++;
                return written;
            }
            catch (ZooKeeperException e) when (!e.IsPassing)
            {
                throw new IOException(e.Message, e);
            }
            catch (ZooKeeperException)
            {
                await Task.Delay(Pause, time, cancellation);
            }
            // It may have been written though the answer was lost.
            if (await TryAsync(() => session.ReadVersion(path, BytesMax), cancellation) is var (now, version) && version == _version + 1 && now.AsSpan().SequenceEqual(value))
            {
                _version = version;
                return true;
            }
        }
    }

    private async Task<T> TryAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await Task.Run(() => session.Using(call), cancellation);
            }
            catch (ZooKeeperException e) when (!e.IsPassing)
            {
                throw new IOException(e.Message, e);
            }
            catch (ZooKeeperException)
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }
}
