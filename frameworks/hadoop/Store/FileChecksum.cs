using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Agora.Hadoop.Store;

/// <summary>
/// A file's checksum as HDFS computes it: the MD5 of the MD5s of the CRC-32s of every 512 bytes of every block. Blocks
/// are counted by the file's block size, so an appended file has the checksum of one written at once.
/// </summary>
internal static class FileChecksum
{
    private const int ChunkBytes = 512, Md5Bytes = 16, BufferBytes = 32;

    /// <summary>The algorithm's name and the checksum's 28 bytes, with the 4 that Hadoop adds, in hexadecimal.</summary>
    public static async Task<(string Algorithm, string Hex)> ComputeAsync(PipeReader from, long blockSize, CancellationToken stop)
    {
        await using var stream = from.AsStream();
        var chunk = new byte[ChunkBytes];
        var entry = new byte[sizeof(uint)];
        var ofBlocks = new MemoryStream();
        var chunksOfFirst = 0L;
        while (true)
        {
            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            var chunks = 0L;
            for (var left = blockSize; left > 0;)
            {
                var size = (int)Math.Min(ChunkBytes, left);
                var read = await stream.ReadAtLeastAsync(chunk.AsMemory(0, size), size, throwOnEndOfStream: false, stop);
                if (read == 0)
                    break;
                BinaryPrimitives.WriteUInt32BigEndian(entry, Crc32.HashToUInt32(chunk.AsSpan(0, read)));
                md5.AppendData(entry);
                chunks++;
                left -= read;
            }
            if (chunks == 0)
                break;
            if (ofBlocks.Length == 0)
                chunksOfFirst = chunks;
            ofBlocks.Write(md5.GetHashAndReset());
        }
        // Only a file of several blocks says how many CRCs its first one has.
        var perBlock = ofBlocks.Length > Md5Bytes ? chunksOfFirst : 0;
        var bytes = new byte[sizeof(int) + sizeof(long) + Md5Bytes + sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, ChunkBytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(sizeof(int)), perBlock);
        HashOfBuffer(ofBlocks).CopyTo(bytes, sizeof(int) + sizeof(long));
        return ($"MD5-of-{perBlock}MD5-of-{ChunkBytes}CRC32", Convert.ToHexStringLower(bytes));
    }

    /// <summary>Hadoop hashes its whole buffer, which begins with 32 bytes, doubles, and is zero where unused.</summary>
#pragma warning disable CA5351 // It is the format's own hash, and protects nothing.
    private static byte[] HashOfBuffer(MemoryStream hashes)
    {
        var size = (long)BufferBytes;
        while (size < hashes.Length)
            size *= 2;
        hashes.SetLength(size);
        return MD5.HashData(hashes.ToArray());
    }
#pragma warning restore CA5351
}
