using System.Globalization;
using System.Text;
using System.Text.Json;
using Agora.Simulation;
using Agora.Torque.Jobs.Wire;

namespace Agora.Workloads.Simulated.Torque;

/// <summary>A BatchMom in virtual time on a machine that never fails: a job takes as long as its script says, in ticks.</summary>
internal sealed class SimMom : ISimExecutor
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(3), Reconnect = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly TorqueInstance _server;
    private readonly SimContainer _container;
    private readonly HashSet<TaskId> _slots = [];
    private readonly HashSet<string> _jobs = [];
    private MomWelcome? _welcome;
    private bool _isConnected;

    public SimMom(World world, TorqueInstance server, SimContainer container) =>
        (_world, _server, _container) = (world, server, container);

    public string Node => _container.Agent.Host;
    public string Executor => _container.Launch.Executor!.Id.ToString();

    public void Launch(TaskSpec task)
    {
        _slots.Add(task.Id);
        _container.Report(task.Id, TaskState.Running);
        if (_welcome is not null)
            return;
        _welcome = JsonSerializer.Deserialize(task.Data.Span, MomJson.Default.MomWelcome);
        _world.Events.After(_world.Network.Delay(), Connect);
    }

    public void Kill(TaskId task)
    {
        if (!_slots.Remove(task))
            return;
        _container.Report(task, TaskState.Killed);
        if (_slots.Count > 0)
            return;
        _server.Gone(this);
        _world.Events.After(Step, () => _container.End(0));
    }

    public void Obey(MomOrder order)
    {
        if (!_container.IsAlive)
            return;
        switch (order)
        {
            case MomOrder.Join(var job) when _jobs.Add(job.JobId): Say(new MomReport.Joined(job.JobId, job.Run, 4000)); break;
            case MomOrder.Start(var job) when _jobs.Add(job.JobId): Run(job); break;
            case MomOrder.Forget(var job, _): _jobs.Remove(job); break;
        }
    }

    private void Connect()
    {
        if (!_container.IsAlive || _isConnected || _slots.Count == 0)
            return;
        _isConnected = _server.Hello(this, new MomReport.Hello(Node, _welcome!.Token, []), Executor);
        if (!_isConnected)
            _world.Events.After(Reconnect, Connect);
    }

    private void Run(JobLaunch job)
    {
        Say(new MomReport.Started(job.JobId, job.Run, 1));
        var length = TimeSpan.FromTicks(long.Parse(Encoding.ASCII.GetString(job.Script), CultureInfo.InvariantCulture));
        _world.Events.After(length, () =>
            Say(new MomReport.Ended(job.JobId, job.Run, 0, new JobUsage(length.TotalSeconds, 1, 1, length.TotalSeconds), 1)));
    }

    private void Say(MomReport report) => _world.Events.After(_world.Network.Delay(), () =>
    {
        if (_container.IsAlive)
            _server.Hear(this, report);
    });
}
