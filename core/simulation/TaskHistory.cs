using static Agora.Simulation.Checker;

namespace Agora.Simulation;

/// <summary>
/// One task's life as it was and as its scheduler was told of it. The two agree: there is an order of all that happened in
/// which each thing told was true when it was said, so that the scheduler never hears of a step before it was made, never goes
/// back behind one, and nothing after the end.
/// </summary>
internal sealed class TaskHistory(TaskId task)
{
    /// <summary>The agent's numbered updates, the first is number 1.</summary>
    private readonly List<TaskState> _made = [];

    /// <summary>As of the agent's last word to a master; may be ahead of the updates.</summary>
    private TaskState _latest = TaskState.Staging;

    /// <summary>Number of the last update the scheduler has heard.</summary>
    private long _heard;

    /// <summary>The furthest of what its present process has heard.</summary>
    private TaskState _known = TaskState.Staging;

    /// <summary>The process of the scheduler that heard of it last, and whether that has heard of its end.</summary>
    private int _process;
    private bool _isOver;

    /// <summary>Where it was launched; null if it was not.</summary>
    public SimAgent? Agent { get; set; }

    /// <summary>It was lost or killed by what befell its agent or executor.</summary>
    public bool Hurt { get; set; }

    /// <summary>Its scheduler was told often enough that nobody knows it, and has run another in its place.</summary>
    public bool GivenUp { get; set; }

    public TaskState? Ended { get; private set; }

    /// <summary>The agent tells of an update.</summary>
    public void Made(TaskStatus status)
    {
        if (status.Sequence <= _made.Count)
        {
            Require(_made[(int)status.Sequence - 1] == status.State,
                $"update {status.Sequence} of task {task} was {_made[(int)status.Sequence - 1]} and is {status.State} when told again");
            return;
        }
        Require(status.Sequence == _made.Count + 1, $"the agent tells update {status.Sequence} of task {task} after update {_made.Count}");
        var before = _made.Count == 0 ? TaskState.Staging : _made[^1];
        Require(MayFollow(before, status.State), $"task {task} goes from {before} to {status.State}");
        _made.Add(status.State);
    }

    /// <summary>The agent tells how far the task has come.</summary>
    public void IsAt(TaskState latest)
    {
        Require(MayFollow(_latest, latest) || latest == _latest, $"the agent says that task {task} is {latest} after it was {_latest}");
        _latest = latest;
    }

    /// <summary>The scheduler hears of it.</summary>
    /// <param name="process">Counts the scheduler's processes: a new one may be told again what the former knew.</param>
    public void Heard(TaskStatus status, int process)
    {
        if (status.State == TaskState.Unknown)
            return;
        if (process != _process)
            (_process, _known, _isOver) = (process, TaskState.Staging, false);
        if (status.Sequence > 0)
            HeardUpdate(status);
        else
            HeardAnswer(status);
        if (!status.State.IsTerminal())
            return;
        Require(Ended is null || Ended == status.State, $"task {task} ended as {Ended} and again as {status.State}");
        Ended = status.State;
        _isOver = true;
    }

    /// <summary>
    /// The scheduler hears of it from a master whose time is over. Whether that is true is not checked, but it has heard it: it gets no
    /// such update again, and takes such an end for the end.
    /// </summary>
    public void HeardOfFormer(TaskStatus status)
    {
        _heard = Math.Max(_heard, status.Sequence);
        GivenUp |= status.State.IsTerminal();
    }

    private void HeardUpdate(TaskStatus status)
    {
        Require(status.Sequence <= _made.Count && _made[(int)status.Sequence - 1] == status.State,
            $"the scheduler hears as update {status.Sequence} that task {task} is {status.State}, and its agent never said so");
        // What is between an end that was answered and its own update is of no use to anybody, and kept from the scheduler.
        Require(status.Sequence <= _heard + 1 || Ended is not null, $"the scheduler hears update {status.Sequence} of task {task} after update {_heard}");
        // One whose acknowledgement went with a former process of the scheduler comes again.
        if (status.Sequence <= _heard)
            return;
        Require(!_isOver || status.State == Ended, $"task {task} is {status.State} after it was {Ended}");
        _heard = status.Sequence;
        Know(status.State);
    }

    /// <summary>Of the master's own making, or an answer to what the scheduler asked.</summary>
    private void HeardAnswer(TaskStatus status)
    {
        if (status.State == TaskState.Unreachable)
        {
            Require(!_isOver, $"task {task} is Unreachable after it was {Ended}");
            return;
        }
        if (!status.State.IsTerminal())
        {
            Require(!_isOver, $"task {task} is {status.State} after it was {Ended}");
            Require(!Behind(status.State, _known), $"the scheduler hears that task {task} is {status.State} after it heard that it was {_known}");
            Require(!Behind(_latest, status.State), $"the scheduler hears that task {task} is {status.State}, and its agent has got it to {_latest} only");
        }
        else if (status.State is TaskState.Finished or TaskState.Failed)
        {
            Require(_latest == status.State, $"the scheduler hears that task {task} is {status.State}, and its agent has it {_latest}");
        }
        Know(status.State);
    }

    private void Know(TaskState state)
    {
        if (Behind(_known, state))
            _known = state;
    }

    private static bool MayFollow(TaskState before, TaskState next) => !before.IsTerminal() && !Behind(next, before);

    private static bool Behind(TaskState a, TaskState b) => Rank(a) < Rank(b);

    private static int Rank(TaskState state) => state switch
    {
        TaskState.Staging => 0,
        TaskState.Starting => 1,
        TaskState.Running => 2,
        TaskState.Killing => 3,
        _ => 4,
    };
}
