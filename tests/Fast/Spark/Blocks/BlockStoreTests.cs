using Agora.Spark;
using Agora.Spark.Blocks;
using Agora.Spark.Records;
using Xunit;

namespace Agora.Tests.Fast.Spark.Blocks;

public sealed class BlockStoreTests : IDisposable
{
    /// <summary>In a block; they take a MiB.</summary>
    private const int Numbers = 1 << 17;

    /// <summary>Room for three such blocks and a half.</summary>
    private const long ThreeBlocks = 7 << 19;

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "agora-blocks-" + Guid.NewGuid().ToString("N"));
    private readonly MemoryPool _memory = new(ThreeBlocks);
    private readonly BlockStore _store;
    private int _computed;

    public BlockStoreTests() => _store = new BlockStore(_memory, _directory);

    public void Dispose()
    {
        _store.Dispose();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private static BlockId Block(int rdd, int partition = 0) => new(rdd, partition);

    private IEnumerable<long> Compute(BlockId id)
    {
        Interlocked.Increment(ref _computed);
        for (var i = 0; i < Numbers; i++)
            yield return ((long)id.RddId << 40) + ((long)id.Partition << 30) + i;
    }

    private IEnumerable<T> Get<T>(BlockId id, StorageLevel level, Func<IEnumerable<T>> compute) =>
        _store.GetOrCompute(id, level, compute, TestContext.Current.CancellationToken);

    private void Use(BlockId id, StorageLevel level) => Assert.True(Compute(id).SequenceEqual(Get(id, level, () => Compute(id))));

    /// <summary>Whether the block is taken from the store, and is right.</summary>
    private bool IsKept(BlockId id)
    {
        if (_store.Find<long>(id) is not { } kept)
            return false;
        Assert.True(Compute(id).SequenceEqual(kept));
        return true;
    }

    private int Files => Directory.Exists(_directory) ? Directory.GetFiles(_directory).Length : 0;

    [Theory]
    [InlineData(nameof(StorageLevel.MemoryOnly), 0)]
    [InlineData(nameof(StorageLevel.MemoryOnlySer), 0)]
    [InlineData(nameof(StorageLevel.MemoryAndDisk), 0)]
    [InlineData(nameof(StorageLevel.DiskOnly), 1)]
    public void A_partition_is_computed_once_and_kept_where_its_level_says(string level, int files)
    {
        var at = (StorageLevel)typeof(StorageLevel).GetField(level)!.GetValue(null)!;
        Use(Block(1), at);
        _computed = 0;
        var again = Get(Block(1), at, () => Compute(Block(1)));
        Assert.Equal(0, _computed);
        Assert.True(Compute(Block(1)).SequenceEqual(again));
        Assert.Equal(files, Files);
        var change = Assert.Single(_store.TakeChanges());
        Assert.Equal((Block(1), files == 0, true), (change.Block, change.InMemory, change.IsKept));
        Assert.InRange(change.Bytes, Numbers, 8 * Numbers);
        _store.Drop(1);
        Assert.Equal((0, 0), (Files, _memory.UsedBytes));
        Assert.False(Assert.Single(_store.TakeChanges()).IsKept);
    }

    [Fact]
    public void The_dataset_not_used_for_longest_gives_way_first()
    {
        Use(Block(1), StorageLevel.MemoryOnly);
        Use(Block(2), StorageLevel.MemoryOnly);
        Use(Block(3), StorageLevel.MemoryOnly);
        Assert.True(IsKept(Block(1)));
        _store.TakeChanges();
        Use(Block(4), StorageLevel.MemoryOnly);
        Assert.False(IsKept(Block(2)));
        Assert.True(IsKept(Block(1)) && IsKept(Block(3)) && IsKept(Block(4)));
        Assert.Equal([(Block(2), false), (Block(4), true)], _store.TakeChanges().Select(c => (c.Block, c.IsKept)));
    }

    [Fact]
    public void A_block_of_a_dataset_in_use_stays_though_it_was_itself_used_long_ago()
    {
        Use(Block(1, 0), StorageLevel.MemoryOnly);
        Use(Block(2), StorageLevel.MemoryOnly);
        Use(Block(1, 1), StorageLevel.MemoryOnly);
        Use(Block(3), StorageLevel.MemoryOnly);
        Assert.False(IsKept(Block(2)));
        Assert.True(IsKept(Block(1, 0)));
    }

    [Fact]
    public void A_dataset_never_evicts_its_own_partitions_and_is_handed_on_instead()
    {
        for (var partition = 0; partition < 5; partition++)
            Use(Block(1, partition), StorageLevel.MemoryOnly);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(p => IsKept(Block(1, p))));
    }

    [Fact]
    public void What_does_not_fit_into_memory_goes_to_disk_if_its_level_has_one()
    {
        for (var partition = 0; partition < 5; partition++)
            Use(Block(1, partition), StorageLevel.MemoryAndDisk);
        Assert.All(Enumerable.Range(0, 5), p => Assert.True(IsKept(Block(1, p))));
        Assert.Equal([true, true, true, false, false], _store.TakeChanges().Select(c => c.InMemory));
        Assert.Equal(2, Files);
        // Evicted by another dataset, they go to disk too.
        Use(Block(2), StorageLevel.MemoryOnly);
        Assert.Equal((Block(1, 0), false, true), _store.TakeChanges().Select(c => (c.Block, c.InMemory, c.IsKept)).First());
        Assert.All(Enumerable.Range(0, 5), p => Assert.True(IsKept(Block(1, p))));
        Assert.Equal(3, Files);
    }

    [Fact]
    public void Packed_blocks_that_do_not_fit_go_to_disk_or_are_handed_on()
    {
        // Noise, which does not pack: 8 MiB.
        var noise = Enumerable.Range(0, 8).Select(i => { var bytes = new byte[1 << 20]; new Random(i).NextBytes(bytes); return bytes; }).ToList();
        Assert.Equal(noise, Get(Block(1), StorageLevel.MemoryOnlySer, () => noise));
        Assert.Null(_store.Find<byte[]>(Block(1)));
        Assert.Equal(0, _memory.UsedBytes);
        Assert.Equal(noise, Get(Block(1), StorageLevel.MemoryAndDiskSer, () => noise));
        Assert.Equal(noise, _store.Find<byte[]>(Block(1)));
        Assert.Equal((1, 0), (Files, _memory.UsedBytes));
    }

    [Fact]
    public void A_partition_larger_than_memory_is_not_computed_further_than_it_is_asked_for()
    {
        var made = 0;
        var records = Get(Block(1), StorageLevel.MemoryOnly, Endless);
        Assert.Equal(4, made);
        Assert.Equal(100, records.Take(100).Count());
        Assert.Equal(100, made);
        Assert.Equal(0, _memory.UsedBytes);

        IEnumerable<byte[]> Endless()
        {
            while (true)
            {
                made++;
                yield return new byte[1 << 20];
            }
        }
    }

    [Fact]
    public void Threads_that_want_the_same_partition_wait_for_the_one_that_computes_it()
    {
        var results = new long[8];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            results[i] = Get(Block(1), StorageLevel.MemoryOnly, () => Compute(Block(1))).Sum());
        Assert.Equal(1, _computed);
        Assert.Single(results.Distinct());
    }

    [Fact]
    public async Task Who_waits_for_a_computation_that_fails_computes_it()
    {
        using var begun = new ManualResetEventSlim();
        using var fail = new ManualResetEventSlim();
        var first = Task.Run(() => Get<int>(Block(1), StorageLevel.MemoryOnly, () =>
        {
            begun.Set();
            fail.Wait(TestContext.Current.CancellationToken);
            throw new DivideByZeroException();
        }), TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);
        using var impatient = new CancellationTokenSource();
        impatient.Cancel();
        Assert.Throws<OperationCanceledException>(() => _store.GetOrCompute<int>(Block(1), StorageLevel.MemoryOnly, () => [], impatient.Token));
        var second = Task.Run(() => Get<int>(Block(1), StorageLevel.MemoryOnly, () => [1, 2, 3]), TestContext.Current.CancellationToken);
        fail.Set();
        await Assert.ThrowsAsync<DivideByZeroException>(() => first);
        Assert.Equal([1, 2, 3], await second);
    }

    [Fact]
    public void Many_threads_that_keep_evict_and_drop_get_the_right_records()
    {
        StorageLevel[] levels = [StorageLevel.MemoryOnly, StorageLevel.MemoryAndDisk, StorageLevel.MemoryAndDiskSer, StorageLevel.DiskOnly];
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var id = Block(i % 7, i % 3);
            Assert.Equal((long)Numbers, Get(id, levels[id.RddId % 4], () => Compute(id)).LongCount());
            if (i % 16 == 15)
                _store.Drop(i % 7);
        });
        for (var rdd = 0; rdd < 7; rdd++)
            _store.Drop(rdd);
        Assert.Equal((0, 0), (_memory.UsedBytes, Files));
    }

    [Fact]
    public void Running_tasks_take_memory_of_kept_blocks_down_to_half_of_all()
    {
        for (var rdd = 0; rdd < 3; rdd++)
            Use(Block(rdd), StorageLevel.MemoryOnly);
        using var lease = new MemoryLease(_memory);
        Assert.True(lease.TryHold(3 << 18));
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(rdd => IsKept(Block(rdd))));
        // Two blocks are more than half of three and a half, one is less.
        Assert.True(lease.TryHold(2 << 20));
        Assert.False(lease.TryHold(3 << 20));
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(rdd => IsKept(Block(rdd))));
    }

    [Theory]
    [InlineData(nameof(StorageLevel.MemoryOnly2))]
    [InlineData(nameof(StorageLevel.MemoryOnlySer2))]
    [InlineData(nameof(StorageLevel.DiskOnly2))]
    public void A_copy_on_another_executor_is_as_good(string level)
    {
        var at = (StorageLevel)typeof(StorageLevel).GetField(level)!.GetValue(null)!;
        Use(Block(1), at);
        using (var other = new BlockStore(new MemoryPool(ThreeBlocks), Path.Combine(_directory, "other")))
        {
            using (var packed = _store.OpenPacked(Block(1))!)
                other.Put(Block(1), at, packed);
            Assert.True(Compute(Block(1)).SequenceEqual(other.Find<long>(Block(1))!));
            Assert.Equal(at.UsesMemory, Assert.Single(other.TakeChanges()).InMemory);
            using (var back = other.OpenPacked(Block(1))!)
                Assert.True(Compute(Block(1)).SequenceEqual(RecordBlocks.Read<long>(back)));
        }
        Assert.Null(_store.OpenPacked(Block(2)));
    }

    [Fact]
    public void A_damaged_file_fails_its_reader_and_is_computed_the_next_time()
    {
        Use(Block(1), StorageLevel.DiskOnly);
        var path = Assert.Single(Directory.GetFiles(_directory));
        using (var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[100]);
        }
        Assert.Throws<CorruptBlockException>(() => Get<long>(Block(1), StorageLevel.DiskOnly, () => []).Count());
        Use(Block(1), StorageLevel.DiskOnly);
        File.Delete(Assert.Single(Directory.GetFiles(_directory)));
        Use(Block(1), StorageLevel.DiskOnly);
        Assert.True(IsKept(Block(1)));
    }

    [Fact]
    public void Without_a_disk_to_write_to_partitions_are_computed_each_time()
    {
        File.WriteAllText(_directory, "not a directory");
        try
        {
            Use(Block(1), StorageLevel.DiskOnly);
            Assert.False(IsKept(Block(1)));
            for (var partition = 0; partition < 4; partition++)
                Use(Block(2, partition), StorageLevel.MemoryAndDisk);
            Assert.False(IsKept(Block(2, 3)));
            // What would have to go to disk is lost, and who needs its memory has it.
            Use(Block(3), StorageLevel.MemoryOnly);
            Assert.True(IsKept(Block(3)));
        }
        finally
        {
            File.Delete(_directory);
        }
    }
}
