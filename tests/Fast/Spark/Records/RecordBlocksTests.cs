using Agora.Spark.Records;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Spark.Records;

public class RecordBlocksTests
{
    private static byte[] Bytes<T>(IEnumerable<T> records)
    {
        var stream = new MemoryStream();
        RecordBlocks.Write(stream, records);
        return stream.ToArray();
    }

    private static List<T> Read<T>(byte[] bytes) => [.. RecordBlocks.Read<T>(new MemoryStream(bytes))];

    private static IEnumerable<(string, int)> Words(int count) => Enumerable.Range(0, count).Select(i => ($"word{i % 1000}", i));

    [Fact]
    public void Records_come_back_in_their_order_over_many_pieces()
    {
        // About 14 bytes each, so several pieces.
        var bytes = Bytes(Words(100_000));
        Assert.Equal(Words(100_000), Read<(string, int)>(bytes));
        Assert.True(bytes.Length < 700_000, $"{bytes.Length} bytes are not packed");
        Gen.Select(Gen.String, Gen.Double).List.Sample(list => Read<(string, double)>(Bytes(list)).SequenceEqual(list));
    }

    [Fact]
    public void No_records_and_a_record_larger_than_a_piece_come_back()
    {
        Assert.Empty(Read<int>(Bytes<int>([])));
        var random = new byte[5 << 20];
        new Random(1).NextBytes(random);
        var read = Read<byte[]>(Bytes<byte[]>([[1], random, [2]]));
        Assert.Equal([1, 5 << 20, 1], read.Select(r => r.Length));
        Assert.Equal(random, read[1]);
    }

    [Fact]
    public void Types_are_named_again_in_each_piece()
    {
        object[] records = [.. Enumerable.Range(0, 50_000).Select(i => i % 2 == 0 ? (object)i : $"text {i}")];
        Assert.Equal(records, Read<object>(Bytes(records)));
    }

    [Fact]
    public void A_stream_is_read_only_as_far_as_its_records_are_asked_for()
    {
        var stream = new MemoryStream(Bytes(Words(200_000)));
        Assert.Equal(Words(5), RecordBlocks.Read<(string, int)>(stream).Take(5));
        Assert.InRange(stream.Position, 1, stream.Length / 2);
    }

    [Fact]
    public void A_changed_byte_and_a_cut_anywhere_are_found()
    {
        var bytes = Bytes(Words(200));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 4;
            Assert.Throws<CorruptBlockException>(() => Read<(string, int)>(damaged));
            Assert.Throws<CorruptBlockException>(() => Read<(string, int)>(bytes[..i]));
        }
    }
}
