using Agora.Protocol;
using Grpc.Core;
using Xunit;
using CallSender = Agora.Protocol.BatchingSender<
    Agora.SchedulerCall, Agora.V1.SchedulerCall, Agora.V1.SchedulerCalls>;

namespace Agora.Tests.Fast.Protocol;

public class BatchingTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static SchedulerCall.Kill Kill(int number, int padding = 1) =>
        new SchedulerCall.Kill(new TaskId(number + new string('x', padding)));

    private static async Task<List<V1.SchedulerCalls>> SendAsync(BatchLimits limits, params SchedulerCall[] calls)
    {
        var batches = new List<V1.SchedulerCalls>();
        var sender = new CallSender(c => c.ToWire(), (batch, _) =>
        {
            batches.Add(batch);
            return Task.CompletedTask;
        }, limits);
        foreach (var call in calls)
            Assert.True(sender.TrySend(call));
        sender.Complete();
        await sender.RunAsync(None);
        return batches;
    }

    [Fact]
    public async Task What_waits_goes_out_together_and_batches_are_numbered_from_1()
    {
        var batches = await SendAsync(new BatchLimits(BatchItemsMax: 3), [.. Enumerable.Range(0, 7).Select(i => Kill(i))]);
        Assert.Equal([1UL, 2UL, 3UL], batches.Select(b => b.Sequence));
        Assert.Equal([3, 3, 1], batches.Select(b => b.Items.Count));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"{i}x"),
            batches.SelectMany(b => b.Items).Select(c => c.Kill.TaskId));
    }

    [Fact]
    public async Task A_batch_ends_before_it_grows_beyond_its_bytes_unless_one_item_alone_does()
    {
        // Items of about 60, 60, 200 and 60 bytes where 150 are the limit.
        var batches = await SendAsync(new BatchLimits(BatchBytesMax: 150),
            Kill(0, 50), Kill(1, 50), Kill(2, 190), Kill(3, 50));
        Assert.Equal([2, 1, 1], batches.Select(b => b.Items.Count));
    }

    [Fact]
    public async Task A_full_queue_takes_nothing_more_and_neither_does_an_ended_one()
    {
        var sender = new CallSender(c => c.ToWire(), (_, _) => Task.CompletedTask, new BatchLimits(QueueItemsMax: 1));
        Assert.True(sender.TrySend(Kill(0)));
        Assert.False(sender.TrySend(Kill(1)));
        sender.Complete();
        await sender.RunAsync(None);
        Assert.False(sender.TrySend(Kill(2)));
    }

    [Fact]
    public async Task A_failed_write_ends_the_sender_with_its_exception()
    {
        var sender = new CallSender(c => c.ToWire(), (_, _) => throw new IOException("broken"), BatchLimits.Default);
        sender.TrySend(Kill(0));
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => sender.RunAsync(None))).Message);
        Assert.False(sender.TrySend(Kill(1)));
    }

    [Theory]
    [InlineData(1UL, 3UL, "batch 3 follows batch 1")]
    [InlineData(1UL, 1UL, "batch 1 follows batch 1")]
    [InlineData(2UL, 3UL, "batch 2 follows batch 0")]
    public async Task A_reader_sees_a_missing_batch(ulong first, ulong second, string expected)
    {
        var stream = new ListReader<V1.SchedulerCalls>(
            [new V1.SchedulerCalls { Sequence = first }, new V1.SchedulerCalls { Sequence = second }]);
        var error = await Assert.ThrowsAsync<WireFormatException>(() => BatchReader.ReadAsync(
            stream, (V1.SchedulerCall c) => c.ToDomain(), _ => ValueTask.CompletedTask, None));
        Assert.Equal(expected, error.Message);
    }

    [Fact]
    public async Task A_reader_gets_what_a_sender_sent_in_order()
    {
        SchedulerCall[] sent = [Kill(1), new SchedulerCall.Revive(), Kill(2), new SchedulerCall.Suppress()];
        var received = new List<SchedulerCall>();
        var batches = await SendAsync(new BatchLimits(BatchItemsMax: 3), sent);
        await BatchReader.ReadAsync(new ListReader<V1.SchedulerCalls>(batches), (V1.SchedulerCall c) => c.ToDomain(), c =>
        {
            received.Add(c);
            return ValueTask.CompletedTask;
        }, None);
        Assert.Equal(sent, received);
    }

    private sealed class ListReader<T>(IReadOnlyList<T> items) : IAsyncStreamReader<T>
    {
        private int _index = -1;

        public T Current => items[_index];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(++_index < items.Count);
    }
}
