namespace Agora.Torque.Server.Queue;

/// <summary>In which order jobs are considered: queue's priority, job's priority, submission.</summary>
internal sealed class ReadyOrder : IComparer<Job>
{
    public static readonly ReadyOrder Instance = new();

    public int Compare(Job? x, Job? y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        var order = y!.Queue.Priority.CompareTo(x!.Queue.Priority);
        if (order == 0)
            order = y.Form.Priority.CompareTo(x.Form.Priority);
        if (order == 0)
            order = x.Rank.CompareTo(y.Rank);
        return order != 0 ? order : x.Id.CompareTo(y.Id);
    }
}
