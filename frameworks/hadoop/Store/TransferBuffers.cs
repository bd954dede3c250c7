using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Agora.Hadoop.Store;

/// <summary>
/// The buffers sockets are read into. The server's own have 4 KiB, which costs a system call and a wake-up each; files
/// come in pieces as large as the kernel has them.
/// </summary>
internal sealed class TransferBuffers : IMemoryPoolFactory<byte>
{
    private const int BufferBytes = 128 << 10, KeptMax = 256;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private readonly ConcurrentQueue<byte[]> _free = new();

        public override int MaxBufferSize => BufferBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
            new Buffer(this, _free.TryDequeue(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true));

        protected override void Dispose(bool disposing) => _free.Clear();

        private sealed class Buffer(Pool pool, byte[] bytes) : IMemoryOwner<byte>
        {
            private byte[]? _bytes = bytes;

            public Memory<byte> Memory => _bytes;

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _bytes, null) is { } free && pool._free.Count < KeptMax)
                    pool._free.Enqueue(free);
            }
        }
    }
}
