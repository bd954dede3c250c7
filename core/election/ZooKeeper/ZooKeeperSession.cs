using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace Agora.Election.ZooKeeper;

/// <summary>
/// One session with an ensemble. It is taken to be lost when ZooKeeper says so, or a third of its time has gone by since
/// the connection broke: the library sees that after two thirds without an answer, and ZooKeeper counts from the last.
/// <para>The calls wait for the ensemble in the thread that makes them.</para>
/// </summary>
internal sealed unsafe class ZooKeeperSession : IDisposable
{
    private const int PathBytesMax = 4096, UrlBytesMax = 64 << 10, StatBytes = 128, VersionInStat = 32;

    private static readonly ConcurrentDictionary<long, Action<int, int>> Watchers = [];
    private static long _lastWatcher;

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _end;
    private readonly long _watcher;
    private readonly nint _handle;
    private readonly Lock _turn = new();
    private int _calls;
    private bool _disposed;

    /// <param name="servers">As <c>host:port</c>.</param>
    /// <exception cref="ZooKeeperException">The library cannot be used.</exception>
    public ZooKeeperSession(IReadOnlyList<string> servers, TimeSpan timeout, TimeProvider time)
    {
        _end = time.CreateTimer(_ => _lost.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watcher = Watch(Told);
        try
        {
            LibZooKeeper.zoo_set_debug_level(0);
            _handle = LibZooKeeper.zookeeper_init(string.Join(',', servers), &Callback, (int)timeout.TotalMilliseconds, null, (nint)_watcher, 0);
        }
        catch (DllNotFoundException e)
        {
            throw new ZooKeeperException("ZooKeeper's client library is not there: install libzookeeper-mt2", e);
        }
        if (_handle == 0)
            throw new ZooKeeperException($"the servers {string.Join(',', servers)} cannot be used: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public CancellationToken Lost => _lost.Token;

    public Task ConnectedAsync(CancellationToken cancellation) => _connected.Task.WaitAsync(cancellation);

    /// <summary>Makes a call that may meet the session's end: it is not closed before that has returned.</summary>
    /// <exception cref="ZooKeeperException">It has ended; or the call's own.</exception>
    public T Using<T>(Func<T> call)
    {
        lock (_turn)
        {
            if (_disposed)
                throw new ZooKeeperException("the session with ZooKeeper has ended");
            _calls++;
        }
        try
        {
            return call();
        }
        finally
        {
            lock (_turn)
            {
                if (--_calls == 0 && _disposed)
                    Close();
            }
        }
    }

    /// <summary>Makes a node that stays, and those above it; one that exists is left as it is.</summary>
    /// <exception cref="ZooKeeperException">It cannot be made.</exception>
    public void MakePath(string path)
    {
        for (var end = path.IndexOf('/', 1); ; end = path.IndexOf('/', end + 1))
        {
            var result = LibZooKeeper.zoo_create(_handle, end < 0 ? path : path[..end], null, -1, LibZooKeeper.OpenAcl, 0, null, 0);
            if (result is not LibZooKeeper.Ok and not LibZooKeeper.NodeExists)
                throw new ZooKeeperException(result, path);
            if (end < 0)
                return;
        }
    }

    /// <summary>Makes a node that goes with the session; the ensemble adds a number to its name.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="ZooKeeperException">It cannot be made, or whether it was is not known.</exception>
    public string MakeCandidate(string path, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var created = stackalloc byte[PathBytesMax];
        fixed (byte* first = bytes)
        {
            var result = LibZooKeeper.zoo_create(_handle, path, first, bytes.Length, LibZooKeeper.OpenAcl,
                LibZooKeeper.Ephemeral | LibZooKeeper.Sequence, created, PathBytesMax);
            return result == LibZooKeeper.Ok ? Marshal.PtrToStringUTF8((nint)created)! : throw new ZooKeeperException(result, path);
        }
    }

    /// <summary>The names below a node, in no order; none if it does not exist.</summary>
    /// <exception cref="ZooKeeperException">They cannot be read.</exception>
    public List<string> Children(string path)
    {
        LibZooKeeper.StringVector found;
        var result = LibZooKeeper.zoo_get_children(_handle, path, 0, &found);
        if (result == LibZooKeeper.NoNode)
            return [];
        if (result != LibZooKeeper.Ok)
            throw new ZooKeeperException(result, path);
        var names = new List<string>();
        for (var i = 0; i < found.Count; i++)
            names.Add(Marshal.PtrToStringUTF8((nint)found.Data[i])!);
        _ = LibZooKeeper.deallocate_String_vector(&found);
        return names;
    }

    /// <summary>What a node holds; null if it does not exist.</summary>
    /// <exception cref="ZooKeeperException">It cannot be read.</exception>
    public string? Read(string path) => ReadVersion(path, UrlBytesMax) is var (value, _) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>What a node holds, and how often that was changed; null if it does not exist.</summary>
    /// <param name="bytesMax">What is longer is cut off.</param>
    /// <exception cref="ZooKeeperException">It cannot be read.</exception>
    public (byte[] Value, int Version)? ReadVersion(string path, int bytesMax)
    {
        var buffer = new byte[bytesMax];
        var stat = stackalloc byte[StatBytes];
        fixed (byte* first = buffer)
        {
            var length = bytesMax;
            var result = LibZooKeeper.zoo_get(_handle, path, 0, first, &length, stat);
            return result switch
            {
                LibZooKeeper.Ok => (buffer[..Math.Max(0, length)], *(int*)(stat + VersionInStat)),
                LibZooKeeper.NoNode => null,
                _ => throw new ZooKeeperException(result, path),
            };
        }
    }

    /// <summary>Changes what a node holds.</summary>
    /// <param name="version">That it must have; it has the next one then.</param>
    /// <returns>False if it has another.</returns>
    /// <exception cref="ZooKeeperException">It cannot be changed, or whether it was is not known.</exception>
    public bool Write(string path, ReadOnlySpan<byte> value, int version)
    {
        fixed (byte* first = value)
        {
            var result = LibZooKeeper.zoo_set(_handle, path, first, value.Length, version);
            return result switch
            {
                LibZooKeeper.Ok => true,
                LibZooKeeper.BadVersion => false,
                _ => throw new ZooKeeperException(result, path),
            };
        }
    }

    /// <returns>Done when the node has changed or is gone, or the connection has changed its state.</returns>
    /// <exception cref="ZooKeeperException">It cannot be watched.</exception>
    public Task ChangeOf(string path)
    {
        var change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watcher = Watch((_, _) => change.TrySetResult());
        _ = change.Task.ContinueWith(_ => Watchers.TryRemove(watcher, out var _), TaskScheduler.Default);
        var stat = stackalloc byte[StatBytes];
        var result = LibZooKeeper.zoo_wexists(_handle, path, &Callback, (nint)watcher, stat);
        if (result is not LibZooKeeper.Ok)
            change.TrySetResult();
        return result is LibZooKeeper.Ok or LibZooKeeper.NoNode ? change.Task : throw new ZooKeeperException(result, path);
    }

    /// <summary>Ends the session, and with it the nodes that go with it.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_calls == 0)
                Close();
        }
        Watchers.TryRemove(_watcher, out _);
        _end.Dispose();
        _lost.Cancel();
    }

    private void Close()
    {
        if (_handle != 0)
            _ = LibZooKeeper.zookeeper_close(_handle);
    }

    private static long Watch(Action<int, int> told)
    {
        var number = Interlocked.Increment(ref _lastWatcher);
        Watchers[number] = told;
        return number;
    }

    private void Told(int type, int state)
    {
        if (type != LibZooKeeper.SessionEvent)
            return;
        switch (state)
        {
            case LibZooKeeper.ConnectedState:
                _end.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _connected.TrySetResult();
                break;
            case LibZooKeeper.ExpiredState or LibZooKeeper.AuthFailedState:
                _end.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                break;
            default:
                if (_connected.Task.IsCompleted)
                    _end.Change(TimeSpan.FromMilliseconds(LibZooKeeper.zoo_recv_timeout(_handle) / 3.0), Timeout.InfiniteTimeSpan);
                break;
        }
    }

    /// <summary>The library tells a watcher of each change of the session too, and may do so when nobody waits any more.</summary>
    [UnmanagedCallersOnly]
    private static void Callback(nint handle, int type, int state, byte* path, nint context)
    {
        if (Watchers.TryGetValue(context, out var told))
            told(type, state);
    }
}
