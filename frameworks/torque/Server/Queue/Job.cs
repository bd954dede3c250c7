using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Scheduling;

namespace Agora.Torque.Server.Queue;

/// <summary>What a single job and an array have in common.</summary>
internal abstract class Submission(JobId id, JobForm form, BatchQueue queue)
{
    public JobId Id { get; } = id;

    public JobForm Form { get; set; } = form;

    public BatchQueue Queue { get; set; } = queue;

    /// <summary>Among jobs of the same priority the lower one is considered first.</summary>
    public long Rank { get; set; }

    /// <summary>What it waits for, met or not; null for nothing.</summary>
    public List<Dependency>? Depends { get; set; }

    /// <summary>Who waits for it; null for nobody.</summary>
    public List<Mirror>? Mirrors { get; set; }

    /// <summary>Times are milliseconds since 1970; 0 for never.</summary>
    public long CreatedAt { get; set; }

    public long ModifiedAt { get; set; }

    public bool Waits => Depends is not null && Depends.Exists(d => !d.IsMet);
}

/// <summary>A job, or an element of an array.</summary>
internal sealed class Job(JobId id, JobForm form, BatchQueue queue, JobArray? array = null) : Submission(id, form, queue)
{
    /// <summary>Null for a single job.</summary>
    public JobArray? Array { get; } = array;

    public JobState State { get; set; } = JobState.Transit;

    public int Substate { get; set; }

    public Holds Holds { get; set; }

    public Ending Ending { get; set; }

    /// <summary>It waits for its turn in its array.</summary>
    public bool IsBeyondSlots { get; set; }

    public bool IsSuspended { get; set; }

    /// <summary>It came here through a routing queue, or waits in one.</summary>
    public bool IsRouted { get; set; }

    public int Run { get; set; }

    public int StartCount { get; set; }

    public long QueuedAt { get; set; }

    public long EligibleAt { get; set; }

    public long StartedAt { get; set; }

    public long CompletedAt { get; set; }

    /// <summary>After a start that failed it is left alone until then.</summary>
    public long RetryAt { get; set; }

    public int Retries { get; set; }

    public int? ExitStatus { get; set; }

    public string? Comment { get; set; }

    public Hosting? Hosting { get; set; }

    /// <summary>Where it ran last; kept when it has completed.</summary>
    public string? ExecHost { get; set; }

    public JobUsage? Usage { get; set; }

    public int Session { get; set; }

    /// <summary>Made when it is asked for the first time.</summary>
    public QueuedJob? Request { get; set; }

    public bool IsPlaced => Hosting is not null;

    public bool WaitsForOthers => Waits || Array is { Waits: true };

    public string Name => Id.Index is { } index ? $"{Form.Name}-{index}" : Form.Name;
}

/// <summary>The slots a job holds.</summary>
internal sealed record Hosting(IReadOnlyList<SlotShare> Shares, IReadOnlyList<string> Addresses, string Token, long PlacedAt, bool HasStarted);
