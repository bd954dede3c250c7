namespace Agora.Security;

/// <summary>A file that is read again when it has changed; one that cannot be used any more leaves what was read before. Any thread.</summary>
public sealed class WatchedFile<T>
    where T : class
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly Func<string, T> _load;
    private readonly TimeProvider _time;
    private readonly Action<string>? _told;
    private T _current;
    private (DateTime Written, long Length) _state;
    private long _looked;

    /// <param name="load">Reads it, given its path.</param>
    /// <param name="told">Gets a line when it was read again or cannot be.</param>
    /// <exception cref="SecurityFileException">It cannot be used to begin with.</exception>
    public WatchedFile(string path, Func<string, T> load, TimeProvider time, Action<string>? told = null)
    {
        (_path, _load, _time, _told) = (path, load, time, told);
        _state = State();
        _current = load(path);
        _looked = time.GetTimestamp();
    }

    /// <summary>As it is now, or was a second ago.</summary>
    public T Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_looked) < LookInterval)
                    return _current;
                _looked = _time.GetTimestamp();
                var state = State();
                if (state != _state)
                {
                    _state = state;
                    Reload();
                }
                return _current;
            }
        }
    }

    private void Reload()
    {
        try
        {
            _current = _load(_path);
            _told?.Invoke($"{_path} has changed and was read again");
        }
        catch (SecurityFileException e)
        {
            _told?.Invoke($"{e.Message}; what was read of it before goes on to hold");
        }
    }

    private (DateTime, long) State()
    {
        var file = new FileInfo(_path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
