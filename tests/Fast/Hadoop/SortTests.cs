using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks;
using Agora.Hadoop.Tasks.Input;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class SortTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("agora-sort").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_hash_partitioner_sends_every_key_where_Hadoop_1_0_3_sent_it()
    {
        var partitioner = new KeyPartitioner(null, 3);
        for (var part = 0; part < 3; part++)
        {
            foreach (var line in Lines(File.ReadAllBytes(Golden($"04-part-0000{part}"))))
            {
                new KeyValueSplit("\t", 1).Cut(line, out var key, out _);
                Assert.Equal(part, partitioner.PartitionOf(key));
            }
        }
    }

    [Fact]
    public void Sorting_golden_04_by_partition_and_key_gives_its_part_files()
    {
        var output = Collect(3, memoryMib: 1, Lines(File.ReadAllBytes(Golden("04-in.txt"))).Select(line =>
        {
            new KeyValueSplit("\t", 1).Cut(line, out var key, out var value);
            return (key.ToArray(), value.ToArray());
        }));
        for (var part = 0; part < 3; part++)
        {
            var text = new MemoryStream();
            foreach (var (key, value) in output[part])
                text.Write([.. key, (byte)'\t', .. value, (byte)'\n']);
            Assert.Equal(File.ReadAllBytes(Golden($"04-part-0000{part}")), text.ToArray());
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("org.apache.hadoop.io.compress.DefaultCodec")]
    [InlineData("GzipCodec")]
    [InlineData("BZip2Codec")]
    [InlineData("ZStandardCodec")]
    public void Output_that_does_not_fit_in_memory_is_sorted_the_same_with_equal_keys_in_the_order_they_came(string? codec)
    {
        // 40,000 records of some 60 bytes are more than three times what 1 MiB takes, so there are several spills;
        // a factor of 2 makes their merge go in rounds.
        var random = new Random(7);
        var records = Enumerable.Range(0, 40_000).Select(i =>
            (Encoding.UTF8.GetBytes($"key{random.Next(500)}"), Encoding.UTF8.GetBytes($"value {i} {new string('x', 20)}")))
            .ToList();
        var output = Collect(2, memoryMib: 1, records, codec);
        var partitioner = new KeyPartitioner(null, 2);
        for (var part = 0; part < 2; part++)
        {
            var expected = records.Where(r => partitioner.PartitionOf(r.Item1) == part)
                .OrderBy(r => Encoding.UTF8.GetString(r.Item1), StringComparer.Ordinal)
                .Select(r => Encoding.UTF8.GetString(r.Item2));
            Assert.Equal(expected, output[part].Select(r => Encoding.UTF8.GetString(r.Value)));
        }
    }

    [Fact]
    public void Records_longer_than_the_buffer_or_than_what_is_read_at_once_come_out_whole_and_in_order()
    {
        // 3 MiB in a buffer of 1 MiB goes to disk by itself; 100 KiB is more than a reader reads at once.
        var records = new[] { 3 << 20, 5, 100 << 10, 3 << 20, 0, 200 << 10 }
            .Select((length, i) => (Key: new[] { (byte)('f' - i) }, Value: Enumerable.Repeat((byte)i, length).ToArray())).ToList();
        var output = Collect(1, memoryMib: 1, records);
        Assert.Equal(records.OrderBy(r => r.Key[0]).Select(r => (r.Key[0], r.Value.Length)),
            output[0].Select(r => (r.Key[0], r.Value.Length)));
        Assert.All(output[0], r => Assert.True(r.Value.AsSpan().IndexOfAnyExcept((byte)('f' - r.Key[0])) < 0));
    }

    [Fact]
    public void Keys_sort_by_unsigned_bytes_shorter_first_and_equal_ones_stay_in_order() =>
        // Few different bytes and many empty ones, so that keys and whole records are often equal.
        Gen.Select(Gen.Int[0, 2].Array[0, 9], Gen.Int[0, 1]).Array[0, 200].Sample(records =>
        {
            using var buffer = new SortBuffer(KeyOrder.Bytes, long.MaxValue);
            List<(byte[] Key, int Value)> expected = [];
            foreach (var (key, value) in records)
            {
                var bytes = key.Select(i => "\0a\u00ff"u8[i]).ToArray();
                expected.Add((bytes, value));
                buffer.Add(0, bytes, new byte[value]);
            }
            buffer.Sort();
            var sorted = new List<(string, int)>();
            foreach (var entry in buffer.Entries)
                sorted.Add((Convert.ToHexString(buffer.KeyOf(entry)), buffer.ValueOf(entry).Length));
            return expected.Select(r => (Convert.ToHexString(r.Key), r.Value))
                .OrderBy(r => r.Item1, StringComparer.Ordinal).SequenceEqual(sorted);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(90)]
    public void Many_records_sort_by_partition_and_key_whatever_their_keys_have_in_common(int common)
    {
        // More than are compared one by one; a common beginning sends them down by eight bytes at a time.
        var random = new Random(common);
        var start = new byte[common];
        var records = Enumerable.Range(0, 5_000).Select(i =>
        {
            var key = new byte[random.Next(12)];
            for (var b = 0; b < key.Length; b++)
                key[b] = (byte)(random.Next(3) * 127);
            return (Partition: random.Next(3), Key: (byte[])[.. start, .. key], Number: i);
        }).ToList();
        using var buffer = new SortBuffer(KeyOrder.Bytes, long.MaxValue);
        foreach (var (partition, key, number) in records)
            buffer.Add(partition, key, BitConverter.GetBytes(number));
        buffer.Sort();
        List<int> sorted = [];
        foreach (var entry in buffer.Entries)
            sorted.Add(BitConverter.ToInt32(buffer.ValueOf(entry)));
        Assert.Equal(records.OrderBy(r => r.Partition).ThenBy(r => Convert.ToHexString(r.Key), StringComparer.Ordinal)
            .Select(r => r.Number), sorted);
    }

    [Theory]
    [InlineData("-k1,1 -k2,2nr", "a\t10", "a\t9", -1)]
    [InlineData("-k1,1 -k2,2nr", "a\t10", "b\t99", -1)]
    [InlineData("-k2,2n", "x\t-1", "y\t0.5", -1)]
    [InlineData("-k2,2n", "x\t007", "y\t7.0", 0)]
    [InlineData("-k1.2,1.2", "ab", "bb", 0)]
    [InlineData("-k 1,1", "b\t1", "a\t2", 1)]
    [InlineData("-r -k1,1", "a", "b", 1)]
    [InlineData("-k3,3", "a\tb", "a\tb\tc", -1)]
    public void Parts_of_keys_compare_as_sort_k_does(string options, string a, string b, int order) =>
        Assert.Equal(order, Math.Sign(new KeyFields(options, "\t").Compare(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b))));

    [Fact]
    public void A_wrong_key_option_is_refused_with_the_form_it_must_have()
    {
        var e = Assert.Throws<FormatException>(() => new KeyFields("-kx", "\t"));
        Assert.Contains("-kF[.C][nr]", e.Message, StringComparison.Ordinal);
    }

    /// <param name="codec">What the output is packed with; null for nothing.</param>
    private List<(byte[] Key, byte[] Value)>[] Collect(
        int partitions, int memoryMib, IEnumerable<(byte[] Key, byte[] Value)> records, string? codec = null)
    {
        var conf = new JobConf(new Dictionary<string, string>
        {
            [JobConf.SortMib] = memoryMib.ToString(),
            [JobConf.SortFactor] = "2",
            [JobConf.CompressMapOutput] = codec is null ? "false" : "true",
            [JobConf.MapCodec] = codec ?? "",
        });
        using var collector = new MapOutputCollector(conf, KeyOrder.Bytes, new KeyPartitioner(null, partitions), partitions,
            _directory, new Counters(), null);
        foreach (var (key, value) in records)
            collector.Add(key, value);
        var output = Path.Combine(_directory, "output");
        collector.Finish(output);
        Assert.Equal(["output"], Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName));
        var index = File.ReadAllBytes(Path.Combine(output, MapOutputFile.IndexName));
        var result = new List<(byte[], byte[])>[partitions];
        for (var part = 0; part < partitions; part++)
        {
            using var reader = MapOutputFile.OpenSegment(Path.Combine(output, MapOutputFile.DataName),
                Segment.Read(index.AsSpan(part * Segment.IndexBytes)), codec);
            result[part] = [];
            while (reader.Next())
                result[part].Add((reader.Key.ToArray(), reader.Value.ToArray()));
        }
        return result;
    }

    private static List<byte[]> Lines(byte[] text)
    {
        using var reader = new LineReader(new MemoryStream(text));
        List<byte[]> lines = [];
        while (reader.Next(out var line))
            lines.Add(line.ToArray());
        return lines;
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Hadoop", "golden", name);
}
