using System.Buffers;
using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>
/// A file of an attempt's output, below the attempt's own directory. It is in the store once it is finished; disposed
/// of before that, it never appears.
/// </summary>
internal sealed class PartFile : IBufferWriter<byte>, IDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly AttemptContext _context;
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _created;
    private readonly CountedStream _counted;
    private readonly Stream _stream;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int _used;

    /// <param name="codec">Class of the codec it is packed with; null for none.</param>
    public PartFile(AttemptContext context, string name, string? codec)
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
        _counted = new CountedStream(_opened.Task.Result);
        _stream = codec is null ? _counted : Codec.Pack(codec, _counted);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used)
            Drain();
        if (bytes.Length > _buffer.Length)
        {
            _stream.Write(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <param name="sizeHint">At most the size of the buffer, 128 KiB.</param>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Math.Max(1, sizeHint) > _buffer.Length - _used)
            Drain();
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Advance(int count) => _used += count;

    /// <exception cref="StorageException">The store refuses the file.</exception>
    public void Finish()
    {
        Drain();
        // A packed stream is whole only when it is closed.
        _stream.Dispose();
        _written.SetResult();
        _created.GetAwaiter().GetResult();
        _context.Counters.Add(CounterNames.Output, CounterNames.BytesWritten, _counted.Written);
        _context.Counters.Add(CounterNames.FileSystem, CounterNames.StoreBytesWritten, _counted.Written);
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
        _used = 0;
    }
}
