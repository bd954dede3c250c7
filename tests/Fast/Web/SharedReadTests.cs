using Agora.Web;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Web;

public class SharedReadTests
{
    private readonly FakeTimeProvider _time = new();
    private int _readings;

    private SharedRead<int> Reading(TimeSpan cost) => new(() => Task.FromResult(new Reading<int>(++_readings, cost)), _time);

    [Fact]
    public async Task All_who_ask_within_the_pause_share_one_reading()
    {
        var read = Reading(TimeSpan.Zero);
        Assert.Equal((1, 1, 1), (await read.GetAsync(), await read.GetAsync(), await read.GetAsync()));
        _time.Advance(SharedRead<int>.PauseMin);
        Assert.Equal(2, await read.GetAsync());
    }

    [Fact]
    public async Task Nothing_is_read_while_nobody_asks()
    {
        var read = Reading(TimeSpan.Zero);
        await read.GetAsync();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _readings);
    }

    [Fact]
    public async Task A_reading_that_costs_much_is_made_so_seldom_that_it_takes_a_fiftieth_of_the_time()
    {
        // 100 ms of the master's time, so once in 5 s.
        var read = Reading(TimeSpan.FromMilliseconds(100));
        await read.GetAsync();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, await read.GetAsync());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, await read.GetAsync());
    }

    [Fact]
    public async Task Those_who_ask_while_it_is_read_wait_for_the_same_answer()
    {
        var answer = new TaskCompletionSource<Reading<int>>();
        var read = new SharedRead<int>(() =>
        {
            _readings++;
            return answer.Task;
        }, _time);
        var asked = new[] { read.GetAsync(), read.GetAsync() };
        _time.Advance(TimeSpan.FromSeconds(1));
        var later = read.GetAsync();
        answer.SetResult(new Reading<int>(7, TimeSpan.Zero));
        Assert.Equal((7, 7, 7, 1), (await asked[0], await asked[1], await later, _readings));
    }

    [Fact]
    public async Task A_master_that_has_ended_is_not_waited_for_without_end()
    {
        var read = new SharedRead<int>(() => new TaskCompletionSource<Reading<int>>().Task, _time);
        var asked = read.GetAsync();
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutException>(() => asked);
    }

    [Fact]
    public async Task A_reading_that_failed_is_made_again_at_once()
    {
        var read = new SharedRead<int>(() => ++_readings == 1
            ? Task.FromException<Reading<int>>(new InvalidOperationException("broken")) : Task.FromResult(new Reading<int>(_readings, TimeSpan.Zero)), _time);
        await Assert.ThrowsAsync<InvalidOperationException>(read.GetAsync);
        Assert.Equal(2, await read.GetAsync());
    }
}
