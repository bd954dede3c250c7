using Agora.Hadoop;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Service;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class JobTrackerLoopTests
{
    private const int StepsMax = 20;

    [Fact]
    public async Task Who_waits_for_news_of_a_job_does_not_wake_himself_by_asking()
    {
        var directory = Directory.CreateTempSubdirectory("agora-loop").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "in"), "a\n", TestContext.Current.CancellationToken);
        var time = new FakeTimeProvider();
        using var stores = new UserStores(null);
        using var loop = new JobTrackerLoop(new JobTracker(new JobTrackerOptions("202611221644",
            new FrameworkInfo(new FrameworkId("f"), "hadoop", "ann"), new CommandSpec(["tasktracker"]))), stores, null, time, _ => { });
        var (door, steps) = (new Lock(), 0);
        loop.Use(action =>
        {
            lock (door)
            {
                Assert.True(++steps <= StepsMax, "it asks again and again");
                action(time.GetUtcNow(), []);
            }
        });
        var id = (await loop.ReserveJobIdAsync())!.Value;
        var (accepted, _) = await loop.SubmitAsync(id, new JobSubmission("ann", new Dictionary<string, string>
        {
            [JobConf.InputPaths] = $"file:{directory}/in",
            [JobConf.OutputPath] = $"file:{directory}/out",
            ["stream.map.streamprocessor"] = "cat",
        }, []));
        Assert.NotNull(accepted);
        var patience = TimeSpan.FromMinutes(1);
        var news = loop.StatusAfterAsync(id, long.MaxValue, patience, TestContext.Current.CancellationToken);
        Assert.False(news.IsCompleted);
        time.Advance(patience);
        Assert.NotNull(await news);
        Directory.Delete(directory, recursive: true);
    }
}
