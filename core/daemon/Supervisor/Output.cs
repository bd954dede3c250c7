using Agora.Supervisor.Shared;

namespace Agora.Supervisor;

/// <summary>Carries one stream of the command's output from a pipe into its file.</summary>
internal sealed unsafe class Output : IDisposable
{
    private const int ChunkBytes = 64 << 10;
    private static readonly byte[] Chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true);

    private readonly string _name;
    private readonly LogFile _file;

    /// <summary>What the command writes to; closed here once it has started.</summary>
    private int _childEnd = -1;

    public Output(int sandbox, string name, LaunchFile launch)
    {
        _name = name;
        _file = new LogFile(sandbox, name, launch.LogBytes, launch.LogFiles);
        if (launch.LogBytes == 0)
        {
            _childEnd = _file.Open(Libc.O_APPEND);
            return;
        }
        if (_file.Open() < 0)
            return;
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) < 0)
            return;
        const int setStatusFlags = 4;
        Libc.fcntl(ends[0], setStatusFlags, Libc.O_NONBLOCK);
        Pipe = ends[0];
        _childEnd = ends[1];
    }

    /// <summary>To be read from; -1 when there is nothing more, or the command writes to the file itself.</summary>
    public int Pipe { get; private set; } = -1;

    public int ChildEnd => _childEnd;

    /// <summary>For people; null if all output is in the files.</summary>
    public string? Trouble => _file.Failure == 0 ? null : $"{_name} is not complete: {Libc.ErrorText(_file.Failure)}";

    public void CloseChildEnd()
    {
        if (Pipe >= 0)
            Libc.close(_childEnd);
        _childEnd = -1;
    }

    /// <summary>Moves what is there, one chunk at most.</summary>
    /// <returns>False when there was nothing.</returns>
    public bool Move()
    {
        if (Pipe < 0)
            return false;
        fixed (byte* chunk = Chunk)
        {
            var got = Libc.read(Pipe, chunk, ChunkBytes);
            if (got > 0)
            {
                _file.Write(chunk, got);
                return true;
            }
            if (got == 0)
            {
                Libc.close(Pipe);
                Pipe = -1;
            }
            return false;
        }
    }

    public void Dispose() => _file.Dispose();
}
