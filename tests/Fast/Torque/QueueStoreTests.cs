using System.Text;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Scheduling;
using Agora.Torque.Server.Store;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>The queue on a real database.</summary>
public sealed class QueueStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 17, 9, 9, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("agora-queue").FullName;
    private readonly JobQueueOptions _options = new("vm", _ => true) { TimeZone = TimeZoneInfo.Utc };

    public void Dispose() => Directory.Delete(_directory, true);

    [Fact]
    public void An_empty_store_has_nothing()
    {
        using var store = new QueueStore(_directory);

        Assert.Null(store.Load());
    }

    [Fact]
    public void All_of_it_comes_back()
    {
        string[] before;
        using (var store = new QueueStore(_directory))
        {
            var queue = new JobQueue(_options, store.Load(), Now);
            Submit(queue, "#!/bin/sh\necho ä\n", null);
            Submit(queue, "true\n", "1-5%2", "depend=afterany:0");
            Submit(queue, "true\n", null);
            queue.Place(Now, new JobId(0), [new SlotShare("n1", [0, 3], 1 << 20, 2)], n => n);
            queue.Started(Now, "n1", new MomReport.Started("0.vm", 1, 77));
            queue.Handle(Now, QueueHarness.Root, new Request.Manage(ManageVerb.Set, StatusOf.Nodes, "n7", [new AttributeChange("state", null, "offline")]));
            store.Save(queue.TakeChanges());
            // Not saved: the reply never went out.
            Submit(queue, "false\n", null);
            before = [.. Show(queue).Take(7)];
        }

        using var again = new QueueStore(_directory);
        var restored = new JobQueue(_options, again.Load(), Now);

        Assert.Equal(before, Show(restored));
        Assert.Equal("#!/bin/sh\necho ä\n", Encoding.UTF8.GetString(restored.PlacementOf(new JobId(0))!.Launch.Script));
        Assert.Equal([0, 3], Assert.Single(restored.Placed).Shares[0].Slots);
        Assert.True(restored.Nodes["n7"].IsOffline);
        Assert.True(restored.TakeChanges().IsEmpty);
        Assert.Equal("3.vm", Submit(restored, "true\n", null));
    }

    [Fact]
    public void Scripts_on_disk_need_not_be_in_memory()
    {
        const string Script = "#!/bin/sh\necho once\n";
        using (var store = new QueueStore(_directory))
        {
            var queue = new JobQueue(_options with { ReadScript = store.ReadScript }, null, Now);
            Submit(queue, Script, null);
            Assert.Equal(Script, ScriptOf(queue, 0));
            store.Save(queue.TakeChanges());
            Submit(queue, Script, null);
            store.Save(queue.TakeChanges());
            Assert.Equal(Script, ScriptOf(queue, 1));
            store.Save(queue.TakeChanges());
        }

        using var again = new QueueStore(_directory);
        var stored = again.Load(withScripts: false)!;
        Assert.Empty(Assert.Single(stored.Scripts).Text);
        var restored = new JobQueue(_options with { ReadScript = again.ReadScript }, stored, Now);

        Assert.Equal(Script, Encoding.UTF8.GetString(restored.PlacementOf(new JobId(1))!.Launch.Script));
        Submit(restored, Script, null);
        Assert.Empty(restored.TakeChanges().Scripts);
        Assert.Throws<IOException>(() => again.ReadScript("nosuch"));
    }

    [Fact]
    public async Task Scripts_are_read_while_another_thread_saves()
    {
        using var store = new QueueStore(_directory);
        StoredScript[] scripts = [new("one", [1]), new("two", [2])];
        store.Save(new QueueChanges(scripts, [], [], [], [], null, null));
        var saving = Task.Run(() =>
        {
            for (var next = 0; next < 50; next++)
                store.Save(new QueueChanges([], [], [], [], [], null, next));
        }, TestContext.Current.CancellationToken);
        var reads = 0;
        for (; !saving.IsCompleted || reads == 0; reads++)
            Assert.Equal(scripts[reads % 2].Text, store.ReadScript(scripts[reads % 2].Digest));
        await saving;
    }

    private static string ScriptOf(JobQueue queue, int number) => Encoding.UTF8.GetString(
        queue.Place(Now, new JobId(number), [new SlotShare("n1", [0], 0, 1)], n => n).Script);

    [Fact]
    public void What_is_forgotten_is_gone_from_the_disk()
    {
        using (var store = new QueueStore(_directory))
        {
            var queue = new JobQueue(_options, store.Load(), Now);
            Submit(queue, "true\n", "1-3");
            Submit(queue, "false\n", null);
            store.Save(queue.TakeChanges());
            queue.Handle(Now, QueueHarness.User("alice"), new Request.Delete("0[]"));
            queue.Tick(Now.AddSeconds(300));
            store.Save(queue.TakeChanges());
        }

        using var again = new QueueStore(_directory);
        var stored = again.Load()!;

        Assert.Equal(new JobId(1), Assert.Single(stored.Forms).Id);
        Assert.Equal(new JobId(1), Assert.Single(stored.States).Id);
        Assert.Equal("false\n", Encoding.UTF8.GetString(Assert.Single(stored.Scripts).Text));
        Assert.Equal(2, stored.NextNumber);
    }

    [Fact]
    public void Two_servers_cannot_have_the_same_store()
    {
        using var store = new QueueStore(_directory);
        store.Save(new JobQueue(_options, null, Now).TakeChanges());

        var refused = Assert.Throws<IOException>(() =>
        {
            using var second = new QueueStore(_directory);
            second.Load();
        });

        Assert.Contains("queue.db", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_running_elements_end_writes_only_what_is_the_elements()
    {
        var queue = new JobQueue(_options, null, Now);
        Submit(queue, new string('#', 100_000), "1-1000");
        Assert.Single(queue.TakeChanges().Forms);

        queue.Place(Now, new JobId(0, 5), [new SlotShare("n1", [0], 0, 1)], n => n);
        queue.Ended(Now, "n1", new MomReport.Ended("0[5].vm", 1, 0, new JobUsage(0, 0, 0, 0), 3));
        var changes = queue.TakeChanges();

        Assert.Empty(changes.Forms);
        Assert.Empty(changes.Scripts);
        Assert.InRange(Assert.Single(changes.States).Json.Length, 1, 1000);
    }

    private static string Submit(JobQueue queue, string script, string? array, params string[] attributes)
    {
        var request = QueueHarness.Submission(null, array, attributes) with { Script = Encoding.UTF8.GetBytes(script) };
        return queue.Handle(Now, QueueHarness.User("alice"), request).Id!;
    }

    private static string[] Show(JobQueue queue) =>
        [.. queue.Handle(Now, QueueHarness.Root, new Request.Status(StatusOf.Jobs, [], [], true)).Records!
            .Select(r => r.Name + " " + string.Join('|', r.Attributes.Select(a => $"{a.Name}.{a.Resource}={a.Value}")))];
}
