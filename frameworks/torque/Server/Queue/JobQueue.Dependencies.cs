using System.Globalization;
using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>Jobs that wait for other jobs.</summary>
public sealed partial class JobQueue
{
    private static readonly string[] AfterKinds = ["after", "afterok", "afternotok", "afterany"];

    /// <summary>What a new or altered job's dependencies come to.</summary>
    /// <param name="Own">What it is to wait for.</param>
    /// <param name="Children">Jobs with an <c>on</c> that are to wait for it, one more for each.</param>
    /// <param name="Leader">Of its sync set; null where it is in none.</param>
    private sealed record Parents(IReadOnlyList<Dependency> Own, IReadOnlyList<(string Kind, Submission Child)> Children, Submission? Leader)
    {
        public static readonly Parents None = new([], [], null);
    }

    /// <exception cref="PbsException">A job is not there, or what is wanted of it can no longer be.</exception>
    private Parents ParseDependencies(string? text, string user)
    {
        if (string.IsNullOrEmpty(text))
            return Parents.None;
        List<Dependency> own = [];
        List<(string, Submission)> children = [];
        Submission? leader = null;
        foreach (var item in text.Split(','))
        {
            var words = item.Split(':');
            if (words.Length < 2)
                throw Refusal.BadDependency();
            foreach (var word in words[1..])
            {
                switch (words[0])
                {
                    case "on" or "synccount":
                        own.Add(new Dependency(words[0], null, int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0
                            ? n : throw Refusal.BadDependency()));
                        break;
                    case "syncwith":
                        leader = Parent(word).Submission;
                        if (leader.Depends?.Exists(d => d is { Kind: "synccount", IsMet: false }) != true)
                            throw Refusal.BadDependency();
                        own.Add(new Dependency(words[0], leader.Id));
                        break;
                    case "before" or "beforeok" or "beforenotok" or "beforeany":
                        children.Add((words[0], ChildOf(word, user, children)));
                        break;
                    default:
                        if (After(words[0], word) is { } after)
                            own.Add(after);
                        break;
                }
            }
        }
        return new Parents(own, children, leader);
    }

    private (Submission Submission, int? Count) Parent(string word)
    {
        var (name, count) = Dependency.SplitCount(word);
        return JobId.TryParse(name, out var id, out _) && Find(id) is { } found ? (found, count) : throw Refusal.BadDependency();
    }

    /// <summary>Null if it is met already.</summary>
    private Dependency? After(string kind, string word)
    {
        var (parent, count) = Parent(word);
        kind = kind is "afterstartarray" ? "afterarray" : kind;
        var ofArray = kind.EndsWith("array", StringComparison.Ordinal);
        var plain = ofArray ? kind[..^"array".Length] : kind;
        if (Array.IndexOf(AfterKinds, plain) < 0 || ofArray && parent is not JobArray)
            throw Refusal.BadDependency();
        var dependency = new Dependency(parent is JobArray ? plain + "array" : plain, parent.Id, count);
        return Outcome(dependency) switch
        {
            true => null,
            false => throw Refusal.BadDependency(),
            null => dependency,
        };
    }

    private Submission ChildOf(string word, string user, List<(string, Submission Child)> before)
    {
        var child = Parent(word).Submission;
        var open = child.Depends?.Find(d => d is { Kind: "on", IsMet: false })?.Count ?? 0;
        return child.Form.User == user && open > before.Count(b => b.Child == child) ? child : throw Refusal.BadDependency();
    }

    /// <summary>Makes a job wait, and those wait that it named with <c>before</c>.</summary>
    private void Connect(Submission job, Parents parents)
    {
        if (parents.Own.Count > 0)
            job.Depends = [.. job.Depends ?? [], .. parents.Own];
        foreach (var dependency in parents.Own)
            Mirror(dependency, job);
        foreach (var (kind, child) in parents.Children)
        {
            CountDown(child, "on");
            var after = new Dependency($"after{kind["before".Length..]}{(job is JobArray ? "array" : "")}", job.Id);
            child.Depends!.Add(after);
            Mirror(after, child);
            Touch(child);
        }
        if (parents.Leader is { } leader)
        {
            CountDown(leader, "synccount");
            Touch(leader);
            if (!leader.Depends!.Exists(d => d.Kind == "synccount"))
            {
                SettleAll(leader);
                _news.Enqueue(leader);
            }
        }
    }

    private static void CountDown(Submission job, string kind)
    {
        var at = job.Depends!.FindIndex(d => d.Kind == kind);
        if (job.Depends[at].Count is { } count && count > 1)
            job.Depends[at] = job.Depends[at] with { Count = count - 1 };
        else
            job.Depends.RemoveAt(at);
    }

    private void Mirror(Dependency dependency, Submission child)
    {
        if (dependency.Parent is { } id && Find(id) is { } parent)
            (parent.Mirrors ??= []).Add(new Mirror(MirrorKind(dependency.Kind), child.Id));
    }

    private static string MirrorKind(string kind) => kind == "syncwith" ? "syncto" : $"before{kind["after".Length..]}";

    /// <summary>Takes away what a job waits for.</summary>
    private void Disconnect(Submission job)
    {
        foreach (var dependency in job.Depends ?? [])
        {
            if (dependency.Parent is { } id && Find(id) is { } parent)
                parent.Mirrors?.RemoveAll(m => m.Child == job.Id);
        }
        job.Depends = null;
    }

    private void RestoreMirrors()
    {
        foreach (var submission in _jobs.Values)
        {
            Restore(submission);
            foreach (var element in (submission as JobArray)?.Elements ?? [])
                Restore(element);
        }
        void Restore(Submission child)
        {
            foreach (var dependency in child.Depends ?? [])
                Mirror(dependency, child);
        }
    }

    /// <returns>True if it is met, false if it never will be, null as long as neither is known.</returns>
    private bool? Outcome(Dependency dependency)
    {
        if (dependency.IsMet)
            return true;
        if (dependency.Parent is not { } id)
            return null;
        return Find(id) switch
        {
            // Nothing more is to be heard of it.
            null => false,
            JobArray array => OutcomeOf(dependency, array),
            Job job => OutcomeOf(dependency.Kind, job),
            _ => null,
        };
    }

    private static bool? OutcomeOf(string kind, Job parent)
    {
        bool? ended = parent.State == JobState.Complete ? true : null;
        return kind switch
        {
            "after" => parent.StartCount > 0 ? true : ended is null ? null : false,
            "afterok" => ended is null ? null : parent.ExitStatus == 0,
            "afternotok" => ended is null ? null : parent.ExitStatus != 0,
            "syncwith" => parent.Depends?.Exists(d => d.Kind == "synccount") != true ? true : ended is null ? null : false,
            _ => ended,
        };
    }

    /// <remarks>As in the original a job stays held where too many elements ended otherwise than it wants.</remarks>
    private static bool? OutcomeOf(Dependency dependency, JobArray parent)
    {
        var count = dependency.Kind switch
        {
            "afterarray" => parent.Begun,
            "afterokarray" => parent.Succeeded,
            "afternotokarray" => parent.Ended - parent.Succeeded,
            "syncwith" => parent.Depends?.Exists(d => d.Kind == "synccount") != true ? int.MaxValue : 0,
            _ => parent.Ended,
        };
        return count >= Math.Min(dependency.Count ?? int.MaxValue, parent.Count) ? true : null;
    }

    /// <summary>Tells those that wait what has started or ended, and those that wait for them in turn.</summary>
    private void SpreadNews()
    {
        while (_news.TryDequeue(out var parent))
        {
            foreach (var child in parent.Mirrors?.Select(m => m.Child).Distinct().ToArray() ?? [])
            {
                if (Find(child) is { Waits: true } waiting)
                    Hear(waiting, parent);
            }
        }
    }

    private void Hear(Submission child, Submission parent)
    {
        var depends = child.Depends!;
        var changed = false;
        for (var i = 0; i < depends.Count; i++)
        {
            if (depends[i].IsMet || depends[i].Parent != parent.Id)
                continue;
            switch (Outcome(depends[i]))
            {
                case true:
                    depends[i] = depends[i] with { IsMet = true };
                    changed = true;
                    break;
                case false:
                    foreach (var job in child is JobArray array ? array.ElementsBackwards : [(Job)child])
                        AbortForDependency(job, parent);
                    return;
            }
        }
        if (!changed)
            return;
        Touch(child);
        if (!child.Waits)
            SettleAll(child);
    }

    private void AbortForDependency(Job job, Submission parent)
    {
        const int ExitStatus = 271;
        if (job.IsPlaced || job.State == JobState.Complete)
            return;
        job.ExitStatus = ExitStatus;
        Abort(job, $"Job deleted as result of dependency on job {Full(parent)}");
    }

    /// <summary>As the attribute <c>depend</c> shows it; null for nothing.</summary>
    private string? DependOf(Submission job)
    {
        List<string> kinds = [];
        Dictionary<string, string> byKind = [];
        void Add(string kind, string value)
        {
            if (!byKind.TryGetValue(kind, out var text))
                kinds.Add(kind);
            byKind[kind] = $"{text ?? kind}:{value}";
        }
        foreach (var dependency in job.Depends ?? [])
        {
            if (!dependency.IsMet)
                Add(dependency.Kind, dependency.Parent is { } parent ? parent.On(_options.Server) + (dependency.Count is { } n ? $"[{n}]" : "") : $"{dependency.Count}");
        }
        foreach (var mirror in job.Mirrors ?? [])
            Add(mirror.Kind, mirror.Child.On(_options.Server));
        return kinds.Count == 0 ? null : string.Join(',', kinds.Select(k => byKind[k]));
    }
}
