using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks;

/// <summary>What a reduce knows of map outputs, which may grow while it fetches. Any thread.</summary>
public sealed class MapOutputFeed(MapOutputs first)
{
    private readonly Lock _lock = new();
    private MapOutputs _latest = first;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is known now, and a task that ends when more is.</summary>
    public (MapOutputs Outputs, Task Next) Latest
    {
        get
        {
            lock (_lock)
                return (_latest, _next.Task);
        }
    }

    /// <summary>How many outputs are known while others are still to come; null once it is all of them.</summary>
    public int? KnownOfMore => Latest.Outputs is { Complete: false } some ? some.List.Count : null;

    /// <summary>Replaces what is known.</summary>
    public void Tell(MapOutputs outputs)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            _latest = outputs;
            told = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        told.SetResult();
    }
}
