using Microsoft.Win32.SafeHandles;

namespace Agora.Hadoop.Store;

/// <summary>
/// The copies of one block while they are written. What a full or failing disk cannot take goes to another node's, as
/// long as there is one. Disposed of before <see cref="Finish"/>, it leaves nothing.
/// </summary>
internal sealed class BlockCopies : IDisposable
{
    private const int CopyBytes = 1 << 20;

    private readonly Func<string, string> _pathOn;
    private readonly Queue<string> _others;
    private readonly List<(string Node, SafeFileHandle File)> _copies = [];
    private readonly List<string> _refusals = [];
    private bool _finished;

    /// <param name="pathOn">Where a node's copy lies.</param>
    /// <exception cref="NoNodeException">No node takes it.</exception>
    public BlockCopies(Func<string, string> pathOn, IEnumerable<string> nodes, IEnumerable<string> others)
    {
        _pathOn = pathOn;
        _others = new Queue<string>(others);
        try
        {
            foreach (var node in nodes)
                if (!TryOpen(node))
                    Replace(null, 0, []);
            DemandOne();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Adds bytes to each copy, which holds those before them.</summary>
    /// <exception cref="NoNodeException">No node takes them.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long at)
    {
        for (var i = 0; i < _copies.Count;)
        {
            if (TryWrite(_copies[i], bytes, at) || Replace(i, at, bytes))
                i++;
        }
        DemandOne();
    }

    /// <summary>Waits until the copies are on their disks; one that cannot be brought there does not count.</summary>
    /// <exception cref="NoNodeException">None could.</exception>
    public void Sync(long length)
    {
        for (var i = 0; i < _copies.Count;)
        {
            try
            {
                RandomAccess.FlushToDisk(_copies[i].File);
                i++;
            }
            catch (IOException e)
            {
                Refused(_copies[i].Node, e);
                if (Replace(i, length, []))
                    RandomAccess.FlushToDisk(_copies[i++].File);
            }
        }
        DemandOne();
    }

    /// <summary>Keeps the copies and names the nodes that have one.</summary>
    public IReadOnlyList<string> Finish()
    {
        _finished = true;
        return _copies.ConvertAll(c => c.Node);
    }

    public void Dispose()
    {
        foreach (var (node, file) in _copies)
        {
            file.Dispose();
            if (!_finished)
                File.Delete(_pathOn(node));
        }
    }

    private bool TryOpen(string node)
    {
        try
        {
            _copies.Add((node, File.OpenHandle(_pathOn(node), FileMode.Create, FileAccess.ReadWrite, FileShare.Read)));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refused(node, e);
            return false;
        }
    }

    private bool TryWrite((string Node, SafeFileHandle File) copy, ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(copy.File, bytes, at);
            return true;
        }
        catch (IOException e)
        {
            Refused(copy.Node, e);
            return false;
        }
    }

    /// <summary>Moves a copy, of which <paramref name="length"/> bytes are good, and the bytes it could not take.</summary>
    /// <param name="index">Null for one that could not even be begun.</param>
    /// <returns>False if no other node is left; the copy is given up then.</returns>
    private bool Replace(int? index, long length, ReadOnlySpan<byte> bytes)
    {
        (string Node, SafeFileHandle File)? lost = index is { } i ? _copies[i] : null;
        if (index is { } there)
            _copies.RemoveAt(there);
        try
        {
            while (_others.TryDequeue(out var node))
            {
                if (!TryOpen(node))
                    continue;
                var copy = _copies[^1];
                _copies.RemoveAt(_copies.Count - 1);
                if (TryCopy(lost?.File, copy, length) && TryWrite(copy, bytes, length))
                {
                    _copies.Insert(index ?? _copies.Count, copy);
                    return true;
                }
                GiveUp(copy);
            }
            return false;
        }
        finally
        {
            if (lost is { } copy)
                GiveUp(copy);
        }
    }

    private bool TryCopy(SafeFileHandle? from, (string Node, SafeFileHandle File) to, long length)
    {
        var buffer = new byte[(int)Math.Min(CopyBytes, length)];
        for (var at = 0L; at < length; at += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at));
            var read = RandomAccess.Read(from!, part, at);
            if (read < part.Length)
                throw new EndOfStreamException($"{_pathOn(to.Node)} could not be begun with what is written already");
            if (!TryWrite(to, part, at))
                return false;
        }
        return true;
    }

    private void GiveUp((string Node, SafeFileHandle File) copy)
    {
        copy.File.Dispose();
        File.Delete(_pathOn(copy.Node));
    }

    private void Refused(string node, Exception e) => _refusals.Add($"{node}: {e.Message}");

    private void DemandOne()
    {
        if (_copies.Count == 0)
            throw new NoNodeException($"could only be replicated to 0 nodes, instead of 1 ({string.Join("; ", _refusals)})");
    }

    /// <summary>No node's disk takes a block.</summary>
    internal sealed class NoNodeException(string message) : IOException(message);
}
