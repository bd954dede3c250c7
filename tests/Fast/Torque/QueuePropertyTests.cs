using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>Whatever users, moms and crashes do in whatever order, the queue's laws hold.</summary>
public sealed class QueuePropertyTests
{
    private const int JobsMax = 48;

    private static readonly string[] Kinds = ["after", "afterok", "afternotok", "afterany"];

    /// <summary>One thing that happens: what, to which job, with what.</summary>
    private sealed record Step(int What, int Job, int Value);

    private static readonly Gen<Step[]> Steps =
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 4], Gen.Int[0, 5], (what, job, value) => new Step(what, job, value)).Array[1, 60];

    [Fact]
    public void The_laws_hold_whatever_happens() => Steps.Sample(steps =>
    {
        var world = new World();
        foreach (var step in steps)
        {
            world.Do(step);
            world.Check();
        }
    }, iter: 500);

    [Fact]
    public void A_restart_shows_the_same_jobs_in_the_same_states() => Steps.Sample(steps =>
    {
        var world = new World();
        foreach (var step in steps)
            world.Do(step);
        var before = world.Shown();

        world.Harness.Crash();

        Assert.Equal(before, world.Shown());
    }, iter: 200);

    /// <summary>A queue and what the test knows of it by itself.</summary>
    private sealed class World
    {
        private readonly HashSet<string> _taken = [];
        private readonly Dictionary<string, (string Kind, string Parent)> _waits = [];
        private readonly HashSet<string> _started = [];
        private readonly Dictionary<string, int?> _ended = [];

        public QueueHarness Harness { get; } = new();

        public void Do(Step step)
        {
            var job = NameOf(step);
            switch (step.What)
            {
                case 0: Take(QueueHarness.Submission(null, null, $"Priority={step.Value}")); break;
                case 1: Take(QueueHarness.Submission(null, $"1-4%{step.Value % 3 + 1}")); break;
                case 2: TakeWaiting(step); break;
                case 3 or 4 or 5: StartFirst(); break;
                case 6 or 7 or 8: EndOne(step); break;
                case 9: Harness.Ask(new Request.Delete(job)); NoteEnds(); break;
                case 10: Harness.Ask(new Request.Hold(job, "u")); break;
                case 11: Harness.Ask(new Request.Release(job, "u")); break;
                case 12: LoseOne(step); break;
                case 13: Harness.Ask(new Request.Alter(job, [], $"%{step.Value % 3 + 1}")); break;
                case 14: Harness.Ask(new Request.Order(job, $"{step.Value}")); break;
                case 15: Harness.Crash(); break;
            }
        }

        public void Check()
        {
            var jobs = All();
            // None is lost, and none is there that was not taken.
            Assert.Equal(_taken.Order(), jobs.Select(j => j.Name[..^".vm".Length]).Order());
            var queued = Harness.Queue.Queued.Select(q => q.Id.ToString()).ToHashSet();
            Assert.Equal(queued.Count, Harness.Queue.QueuedCount);
            var placed = Harness.Queue.Placed.Select(p => p.Id.ToString()).ToHashSet();
            foreach (var job in jobs)
            {
                var name = job.Name[..^".vm".Length];
                var state = job["job_state"];
                Assert.Equal(state == "R", placed.Contains(name));
                Assert.Equal(state == "Q", queued.Contains(name));
                Assert.Equal(state == "C", _ended.ContainsKey(name));
                Assert.True(state != "Q" || job["Hold_Types"] == "n");
            }
            foreach (var array in jobs.Where(j => j.Name.Contains('[', StringComparison.Ordinal)).GroupBy(j => j.Name[..j.Name.IndexOf('[', StringComparison.Ordinal)]))
                CheckSlots(array.Key, [.. array]);
            // The order to consider them: priority, then what it was submitted or ordered as; ids never twice.
            var priorities = Harness.Queue.Queued.Select(q => q.Priority).ToArray();
            Assert.Equal(priorities.OrderDescending(), priorities);
        }

        /// <summary>No more elements have been given slots since the limit was set than it allows; those that ran before may go on.</summary>
        private void CheckSlots(string number, StatusRecord[] elements)
        {
            var request = Harness.Show($"{number}[]")["job_array_request"]!;
            var limit = int.Parse(request.Split('%')[1], null);
            var running = elements.Count(e => e["job_state"] == "R");
            var queued = elements.Count(e => e["job_state"] == "Q");
            Assert.True(queued == 0 || running + queued <= limit, $"{running} running and {queued} queued of {request}");
            var kept = elements.Count(e => e["Hold_Types"] == "l");
            Assert.True(kept == 0 || running + queued >= limit, $"{kept} kept back though {running} run and {queued} are queued of {request}");
        }

        public string[] Shown() => [.. All().Select(r => r.Name + " " + string.Join('|', r.Attributes
            .Where(a => a.Name is not ("etime" or "mtime" or "resources_used")).Select(a => $"{a.Name}.{a.Resource}={a.Value}")))];

        private IReadOnlyList<StatusRecord> All() => Harness.Ask(new Request.Status(StatusOf.Jobs, [], [], true)).Records!;

        private static string NameOf(Step step) => step.Value == 5 ? $"{step.Job}[2]" : $"{step.Job}";

        private string? Take(Request.Submit request)
        {
            if (_taken.Count >= JobsMax)
                return null;
            var reply = Harness.Ask(request);
            if (reply.Error != PbsError.None)
                return null;
            var id = QueueHarness.Id(reply.Id!);
            if (id.IsArray)
                _taken.UnionWith(Enumerable.Range(1, 4).Select(i => id with { Index = i, IsArray = false }).Select(i => i.ToString()));
            else
                _taken.Add(id.ToString());
            return id.ToString();
        }

        private void TakeWaiting(Step step)
        {
            var kind = Kinds[step.Value % Kinds.Length];
            if (!_taken.Contains($"{step.Job}"))
                return;
            if (Take(QueueHarness.Submission(null, null, $"depend={kind}:{step.Job}")) is { } id)
                _waits[id] = (kind, $"{step.Job}");
        }

        private void StartFirst()
        {
            if (Harness.Queue.Queued.FirstOrDefault() is not { } next)
                return;
            var name = next.Id.ToString();
            // No dependency is violated.
            if (_waits.TryGetValue(name, out var wait))
            {
                Assert.True(wait.Kind switch
                {
                    "after" => _started.Contains(wait.Parent),
                    "afterok" => _ended.TryGetValue(wait.Parent, out var status) && status == 0,
                    "afternotok" => _ended.TryGetValue(wait.Parent, out var status) && status != 0,
                    _ => _ended.ContainsKey(wait.Parent),
                }, $"{name} started, {wait.Kind} {wait.Parent}");
            }
            Harness.Start($"{name}.vm");
            _started.Add(name);
        }

        private void EndOne(Step step)
        {
            if (Pick(step) is not { } id)
                return;
            Harness.End($"{id}.vm", step.Value % 3);
            NoteEnds();
        }

        private void LoseOne(Step step)
        {
            if (Pick(step) is not { } id)
                return;
            Harness.Do(q => q.NodeLost(Harness.Now, id, Harness.RunOf($"{id}"), "n1", "gone"));
            NoteEnds();
        }

        private JobId? Pick(Step step)
        {
            var placed = Harness.Queue.Placed.Select(p => p.Id).ToArray();
            return placed.Length == 0 ? null : placed[step.Job % placed.Length];
        }

        /// <summary>What has ended stays so.</summary>
        private void NoteEnds()
        {
            foreach (var job in All())
            {
                var name = job.Name[..^".vm".Length];
                var status = job["exit_status"] is { } text ? int.Parse(text, null) : (int?)null;
                if (job["job_state"] == "C")
                    Assert.True(_ended.TryAdd(name, status) || _ended[name] == status, $"{name} ended twice");
                else
                    Assert.DoesNotContain(name, _ended);
            }
        }
    }
}
