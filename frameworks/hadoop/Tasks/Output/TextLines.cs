using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>
/// Passes a program's lines on to text output as they are, where cutting them into key and value and joining those
/// again would change nothing but add a separator to lines that have none. A line may come in parts.
/// </summary>
internal sealed class TextLines(IBufferWriter<byte> output, byte separator)
{
    /// <summary>How much of a block is passed on at once, in bytes.</summary>
    private const int PartBytes = 32 << 10;

    private bool _hasSeparator;

    /// <summary>Lines ended so far.</summary>
    public long Records { get; private set; }

    /// <param name="block">Each line in it ended by LF.</param>
    public void Write(ReadOnlySpan<byte> block)
    {
        while (block.Length > 0)
        {
            var part = block[..Math.Min(PartBytes, block.Length)];
            // Each byte may be an LF that gets a separator; copies are made in whole vectors.
            var room = output.GetSpan((2 * part.Length) + Vector256<byte>.Count);
            output.Advance(Copy(part, room));
            block = block[part.Length..];
        }
    }

    /// <remarks>
    /// Looking at bytes and copying them in one go costs a fraction of a search and a copy for each line. After an added
    /// separator the copy goes on from that line's end, since what was copied behind it stands one byte too early.
    /// </remarks>
    /// <returns>How many bytes <paramref name="to"/> has been given.</returns>
    private int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        const int Size = 32;
        Span<byte> padded = stackalloc byte[Size];
        var (separators, ends) = (Vector256.Create(separator), Vector256.Create((byte)'\n'));
        var (read, written, records, hasSeparator) = (0, 0, Records, _hasSeparator);
        while (read < from.Length)
        {
            var taken = Math.Min(Size, from.Length - read);
            if (taken < Size)
                from[read..].CopyTo(padded);
            var bytes = Vector256.Create<byte>(taken < Size ? padded : from.Slice(read, Size));
            bytes.CopyTo(to[written..]);
            var lines = Vector256.Equals(bytes, ends).ExtractMostSignificantBits();
            var marks = (lines | Vector256.Equals(bytes, separators).ExtractMostSignificantBits()) & (uint)((1UL << taken) - 1);
            for (; marks != 0; marks &= marks - 1)
            {
                var at = BitOperations.TrailingZeroCount(marks);
                if ((lines & (1u << at)) == 0)
                {
                    hasSeparator = true;
                    continue;
                }
                records++;
                if (!hasSeparator && separator != '\n')
                {
                    to[written + at] = separator;
                    to[written + at + 1] = (byte)'\n';
                    written++;
                    taken = at + 1;
                    break;
                }
                hasSeparator = false;
            }
            read += taken;
            written += taken;
        }
        (Records, _hasSeparator) = (records, hasSeparator);
        return written;
    }
}
