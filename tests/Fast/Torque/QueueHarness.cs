using System.Text;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Scheduling;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>A job queue named <c>vm</c> in virtual time, whose changes are kept as the store keeps them.</summary>
internal sealed class QueueHarness
{
    public static readonly Caller Root = new(0, "root", "root", "/root", true, "localhost");

    private readonly MemoryStore _store = new();
    private readonly JobQueueOptions _options;

    public QueueHarness(int slots = 32)
    {
        // Eight nodes n1 to n8 with four slots each, of which two are fast.
        _options = new JobQueueOptions("vm", requests => requests.Sum(r => (long)r.Count * r.Slots) <= slots &&
            requests.All(r => (r.Anywhere || r.Count <= 8 && r.Slots <= 4) && r.Properties.All(p => p == "fast")))
        {
            TimeZone = TimeZoneInfo.Utc,
            ProcessId = 77,
            NewToken = () => "CAC6DEAA681FE4B8F4E4EEF136CCB1CE",
            AccountingLines = _ => Effects.OfType<QueueEffect.Account>().Select(a => a.Line),
            LogLines = _ => Effects.OfType<QueueEffect.Log>().Select(l => l.Line),
        };
        Queue = new JobQueue(_options, null, Now);
        Save();
    }

    public JobQueue Queue { get; private set; }

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 22, 17, 9, 9, TimeSpan.Zero);

    /// <summary>All so far.</summary>
    public List<QueueEffect> Effects { get; } = [];

    public IEnumerable<string> Accounting => Effects.OfType<QueueEffect.Account>().Select(a => a.Line);

    public IEnumerable<MomOrder> Orders => Effects.OfType<QueueEffect.Order>().Select(o => o.What);

    public IEnumerable<QueueEffect.Mail> Mails => Effects.OfType<QueueEffect.Mail>();

    public static Caller User(string name) => new(1000, name, name, $"/home/{name}", false, "localhost");

    /// <summary>Reads <c>Resource_List.nodes=2</c>.</summary>
    public static JobAttribute Attribute(string text)
    {
        var equal = text.IndexOf('=');
        var name = text[..equal];
        var dot = name.IndexOf('.');
        return new JobAttribute(dot < 0 ? name : name[..dot], dot < 0 ? null : name[(dot + 1)..], text[(equal + 1)..]);
    }

    public Reply Ask(Request request, string user = "alice") => Ask(request, user == "root" ? Root : User(user));

    public Reply Ask(Request request, Caller caller)
    {
        var reply = Queue.Handle(Now, caller, request);
        Save();
        return reply;
    }

    /// <summary>What is submitted by user alice in /home/alice/work on vm.</summary>
    public static Request.Submit Submission(string? queue, string? array, params string[] attributes) => new(queue,
        [
            .. attributes.Any(a => a.StartsWith("Job_Name=", StringComparison.Ordinal)) ? [] : (JobAttribute[])[new("Job_Name", null, "s.sh")],
            .. attributes.Select(Attribute),
            new("Variable_List", null, "PBS_O_HOME=/home/alice,PBS_O_WORKDIR=/home/alice/work,PBS_O_HOST=vm"),
        ],
        Encoding.ASCII.GetBytes("echo hi\n"), array);

    /// <summary>Submits, and wants it to be taken.</summary>
    public string Submit(params string[] attributes) => Taken(Ask(Submission(null, null, attributes)));

    public string SubmitArray(string range, params string[] attributes) => Taken(Ask(Submission(null, range, attributes)));

    private static string Taken(Reply reply)
    {
        Assert.Equal((PbsError.None, null), (reply.Error, reply.Message));
        return reply.Id!;
    }

    public StatusRecord Show(string id, string user = "alice") =>
        Assert.Single(Ask(new Request.Status(StatusOf.Jobs, [id], []), user).Records!);

    public string? State(string id) => Show(id)["job_state"];

    /// <summary>States of an array's elements, in order.</summary>
    public string States(string array) => string.Concat(
        Ask(new Request.Status(StatusOf.Jobs, [array], [], true)).Records!.Select(r => r["job_state"]));

    public static JobId Id(string id)
    {
        Assert.True(JobId.TryParse(id, out var parsed, out _));
        return parsed;
    }

    /// <summary>The job gets slots and starts there.</summary>
    public void Start(string id, params string[] nodes)
    {
        Place(id, nodes);
        Report(new MomReport.Started(id, RunOf(id), 4711), nodes.Length > 0 ? nodes[0] : "n1");
    }

    public JobLaunch Place(string id, params string[] nodes)
    {
        SlotShare[] shares = [.. (nodes.Length > 0 ? nodes : ["n1"]).Select(n => new SlotShare(n, [0, 1], 0, 2))];
        var launch = Queue.Place(Now, Id(id), shares, n => $"{n}.example");
        Save();
        return launch;
    }

    public int RunOf(string id) => Queue.PlacementOf(Id(id))!.Run;

    public void End(string id, int exitStatus, string? message = null) => Report(new MomReport.Ended(
        id, RunOf(id), exitStatus, new JobUsage(1.5, 11396 * 1024, 24400 * 1024, 9), 4711, message));

    public void Report(MomReport report, string node = "n1")
    {
        switch (report)
        {
            case MomReport.Started r: Queue.Started(Now, node, r); break;
            case MomReport.Used r: Queue.Used(Now, node, r); break;
            case MomReport.Ended r: Queue.Ended(Now, node, r); break;
            case MomReport.Hello r: Queue.Hello(Now, r); break;
        }
        Save();
    }

    public void Run(string id, int exitStatus)
    {
        Start(id);
        End(id, exitStatus);
    }

    public void Do(Action<JobQueue> step)
    {
        step(Queue);
        Save();
    }

    /// <summary>Lets time pass, and the queue see each of its deadlines on the way.</summary>
    public void Advance(TimeSpan time)
    {
        var until = Now + time;
        while (Queue.NextDeadline is { } at && at <= until)
        {
            Now = at > Now ? at : Now;
            Queue.Tick(Now);
            Save();
        }
        Now = until;
    }

    public IReadOnlyList<string> Queued => [.. Queue.Queued.Select(q => q.Id.ToString())];

    public Reply Manage(string of, string name, string changes, ManageVerb verb = ManageVerb.Set, string user = "root") => Ask(
        new Request.Manage(verb, of switch { "server" => StatusOf.Server, "queue" => StatusOf.Queues, _ => StatusOf.Nodes }, name,
            [.. changes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ChangeOf)]), user);

    private static AttributeChange ChangeOf(string text)
    {
        var op = text.Contains("+=", StringComparison.Ordinal) ? "+=" : text.Contains("-=", StringComparison.Ordinal) ? "-=" : "=";
        var at = text.IndexOf(op, StringComparison.Ordinal);
        var attribute = Attribute((at < 0 ? text : text[..at]) + "=");
        return new AttributeChange(attribute.Name, attribute.Resource, at < 0 ? "" : text[(at + op.Length)..], op);
    }

    /// <summary>Kills the server and starts another on what was saved.</summary>
    public void Crash() => Queue = new JobQueue(_options, Stored, Now);

    public QueueState Stored => _store.State!;

    /// <summary>The effects go out only now, as they do in the server.</summary>
    public void Save()
    {
        _store.Save(Queue.TakeChanges());
        Effects.AddRange(Queue.TakeEffects());
    }
}
