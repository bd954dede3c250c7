using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>
/// A file of an attempt's output, below the attempt's own directory. It is in the store once it is finished; disposed
/// of before that, it never appears.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly AttemptContext _context;
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _created;
    private readonly Stream _stream;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int _used;
    private long _bytes;

    public PartFile(AttemptContext context, string name)
    {
        _context = context;
        var output = context.Stores.Find(context.Conf.Text(JobConf.OutputPath));
        _created = output.Store.CreateAsync($"{OutputPaths.OfAttempt(output.Path, context.Id)}/{name}",
            new CreateOptions(Overwrite: true), (stream, _) =>
            {
                _opened.SetResult(stream);
                return _written.Task;
            }, context.Stop);
        Task.WhenAny(_opened.Task, _created).GetAwaiter().GetResult();
        if (!_opened.Task.IsCompleted)
            _created.GetAwaiter().GetResult();
        _stream = _opened.Task.Result;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used)
            Drain();
        if (bytes.Length > _buffer.Length)
        {
            _stream.Write(bytes);
            _bytes += bytes.Length;
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <exception cref="StorageException">The store refuses the file.</exception>
    public void Finish()
    {
        Drain();
        _stream.Flush();
        _written.SetResult();
        _created.GetAwaiter().GetResult();
        _context.Counters.Add(CounterNames.Output, CounterNames.BytesWritten, _bytes);
        _context.Counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesWritten, _bytes);
    }

    public void Dispose()
    {
        if (!_written.TrySetException(new OperationCanceledException("the attempt did not finish its output")))
            return;
        try
        {
            _created.GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // What went wrong before this is what there is to say.
        }
    }

    private void Drain()
    {
        _stream.Write(_buffer.AsSpan(0, _used));
        _bytes += _used;
        _used = 0;
    }
}
