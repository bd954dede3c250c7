using Agora.Torque.Jobs.Wire;

namespace Agora.Tests.Fast.Torque;

/// <summary>A mom's connection to its server; what is under way when it breaks is lost.</summary>
internal sealed class MomLink(BenchServer server, BenchMom mom, TimeSpan latency)
{
    private readonly Queue<(DateTimeOffset At, MomReport Report)> _reports = [];
    private readonly Queue<(DateTimeOffset At, MomOrder Order)> _orders = [];

    public BenchMom Mom { get; } = mom;
    public bool IsOpen { get; private set; } = true;

    public DateTimeOffset? NextDeadline => _reports.TryPeek(out var report) ? _orders.TryPeek(out var order) && order.At < report.At
        ? order.At : report.At : _orders.TryPeek(out var only) ? only.At : null;

    public void Say(DateTimeOffset now, MomReport report) => _reports.Enqueue((now + latency, report));

    public void Send(DateTimeOffset now, MomOrder order) => _orders.Enqueue((now + latency, order));

    /// <returns>True if anything has arrived.</returns>
    public bool Deliver(DateTimeOffset now)
    {
        var isBusy = false;
        while (IsOpen && _reports.TryPeek(out var report) && report.At <= now)
        {
            _reports.Dequeue();
            server.Hear(this, report.Report);
            isBusy = true;
        }
        while (IsOpen && _orders.TryPeek(out var order) && order.At <= now)
        {
            _orders.Dequeue();
            Mom.Obey(order.Order);
            isBusy = true;
        }
        return isBusy;
    }

    public void Close()
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        _reports.Clear();
        _orders.Clear();
        server.Closed(this);
        Mom.Closed(this);
    }
}
