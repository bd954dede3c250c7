using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>An array: what its elements share. Elements are small, since there may be 100,000 of them.</summary>
internal sealed class JobArray : Submission
{
    private readonly IReadOnlyList<int> _indices;
    private readonly Job?[] _elements;

    public JobArray(JobId id, JobForm form, BatchQueue queue, ArrayRange range) : base(id, form, queue)
    {
        _indices = range.Indices;
        SlotLimit = range.SlotLimit;
        _elements = new Job?[range.Indices.Count];
        Remaining = _elements.Length;
        for (var i = 0; i < _elements.Length; i++)
            _elements[i] = new Job(id.Element(_indices[i]), form, queue, this);
    }

    public int? SlotLimit { get; set; }

    /// <summary>As it was given.</summary>
    public required string Range { get; init; }

    /// <summary>As <c>job_array_request</c> shows it, with the slot limit it has now.</summary>
    public string Request => Range.Split('%')[0] + (SlotLimit is { } limit ? $"%{limit}" : "");

    /// <summary>Elements per state.</summary>
    public int[] Counts { get; } = new int[7];

    /// <summary>Indices that only the slot limit keeps back.</summary>
    public SortedSet<int> BeyondSlots { get; } = [];

    /// <summary>Elements that are not forgotten yet.</summary>
    public int Remaining { get; private set; }

    public int Count => _elements.Length;

    /// <summary>Of the elements that are forgotten.</summary>
    public int GoneSucceeded { get; set; }

    public int GoneEnded { get; set; }

    /// <summary>Elements that ended with exit status 0, forgotten ones among them.</summary>
    public int Succeeded { get; set; }

    /// <summary>Elements that were started or have ended, forgotten ones among them.</summary>
    public int Begun { get; set; }

    public int Ended => Counts[(int)JobState.Complete] + GoneEnded;

    /// <summary>Elements that take one of the slots.</summary>
    public int Active => Counts[(int)JobState.Queued] + Counts[(int)JobState.Running] + Counts[(int)JobState.Exiting];

    public IEnumerable<Job> Elements
    {
        get
        {
            foreach (var element in _elements)
            {
                if (element is not null)
                    yield return element;
            }
        }
    }

    /// <summary>The last first.</summary>
    public IEnumerable<Job> ElementsBackwards
    {
        get
        {
            for (var i = _elements.Length - 1; i >= 0; i--)
            {
                if (_elements[i] is { } element)
                    yield return element;
            }
        }
    }

    public Job? Element(int index) => PlaceOf(index) is var place and >= 0 ? _elements[place] : null;

    public void Forget(int index)
    {
        if (PlaceOf(index) is var place and >= 0 && _elements[place] is not null)
        {
            _elements[place] = null;
            Remaining--;
        }
    }

    /// <summary>One state for all of them.</summary>
    public JobState State =>
        Counts[(int)JobState.Running] + Counts[(int)JobState.Exiting] > 0 ? JobState.Running
        : Counts[(int)JobState.Queued] > 0 ? JobState.Queued
        : Counts[(int)JobState.Held] > 0 ? JobState.Held
        : Counts[(int)JobState.Waiting] > 0 ? JobState.Waiting
        : Counts[(int)JobState.Transit] > 0 ? JobState.Transit
        : JobState.Complete;

    private int PlaceOf(int index)
    {
        int low = 0, high = _indices.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_indices[middle] == index)
                return middle;
            if (_indices[middle] < index)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }
}
