using System.Collections;

namespace Agora.Spark;

internal static class FreshStack
{
    /// <summary>Narrow steps that are computed on one stack; each takes some hundred bytes of it.</summary>
    public const int StepsMax = 500;

    /// <summary>Records fetched from the other stack at once.</summary>
    public const int BatchMax = 1024;
}

/// <summary>
/// Records that are computed on the stack of another thread, some at a time, so that a lineage may have any number of
/// steps. This thread waits meanwhile.
/// </summary>
internal sealed class FreshStack<T>(Func<IEnumerable<T>> make) : IEnumerable<T>
{
    public IEnumerator<T> GetEnumerator()
    {
        IEnumerator<T>? source = null;
        var batch = new List<T>();
        var ended = false;
        try
        {
            while (!ended)
            {
                batch.Clear();
                OnOtherStack(() =>
                {
                    source ??= make().GetEnumerator();
                    while (batch.Count < FreshStack.BatchMax && !ended)
                    {
                        if (source.MoveNext())
                            batch.Add(source.Current);
                        else
                            ended = true;
                    }
                    if (ended)
                        source.Dispose();
                });
                foreach (var record in batch)
                    yield return record;
            }
        }
        finally
        {
            if (!ended && source is not null)
                OnOtherStack(source.Dispose);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void OnOtherStack(Action action) => Task.Factory.StartNew(
        action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();
}
