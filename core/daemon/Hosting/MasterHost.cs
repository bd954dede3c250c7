using Agora.Cluster;
using Agora.Cluster.Allocation;
using Agora.Protocol;
using Agora.Security;
using Agora.Web;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

using AgentStreams = StreamServer<AgentCommand, V1.AgentCommand, V1.AgentCommands, AgentCall, V1.AgentCall, V1.AgentCalls>;
using SchedulerStreams = StreamServer<
    SchedulerEvent, V1.SchedulerEvent, V1.SchedulerEvents, SchedulerCall, V1.SchedulerCall, V1.SchedulerCalls>;

/// <summary>Lets a <see cref="Master"/> live: feeds it from gRPC streams and sends what it answers. No decisions here.</summary>
public sealed class MasterHost : IClusterReader
{
    private readonly Master _master;
    private readonly Pump<MasterEvent> _pump;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<long, TaskCompletionSource<string?>> _orders = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (string Principal, long Connection)> _places = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly RegistryStore _store;
    private CancellationToken _stopping;
    private long _lastOrder;

    /// <param name="registry">As it was loaded from the store.</param>
    public MasterHost(MasterOptions options, IAllocator allocator, Registry registry, RegistryStore store, TimeProvider time, ILogger<MasterHost> logger)
    {
        _time = new SteadyClock(time);
        _master = new Master(options, allocator, _time.GetUtcNow(), registry);
        _store = store;
        _pump = new Pump<MasterEvent>(_time, Handle, () => _master.NextDeadline);
        // One numbering for both kinds, as the machine knows connections by number alone.
        Schedulers = new SchedulerStreams(e => e.ToWire(), c => c.ToDomain(),
            number => _pump.Post(new MasterEvent.SchedulerDisconnected(number * 2)), logger);
        Agents = new AgentStreams(c => c.ToWire(), c => c.ToDomain(),
            number => _pump.Post(new MasterEvent.AgentDisconnected(number * 2 + 1)), logger);
    }

    private SchedulerStreams Schedulers { get; }
    private AgentStreams Agents { get; }

    internal Task ServeSchedulerAsync(GatedScheduler scheduler, IAsyncStreamReader<V1.SchedulerCalls> incoming,
        IServerStreamWriter<V1.SchedulerEvents> outgoing, ServerCallContext context) =>
        Schedulers.ServeAsync(incoming, outgoing, context, (number, call) => _pump.PostAsync(scheduler.Admit(number * 2, call)));

    /// <param name="agent">Its secret signs what lets others read files there.</param>
    internal async Task ServeAgentAsync(Principal agent, IAsyncStreamReader<V1.AgentCalls> incoming,
        IServerStreamWriter<V1.AgentCommands> outgoing, ServerCallContext context)
    {
        (string Place, long Connection)? served = null;
        try
        {
            await Agents.ServeAsync(incoming, outgoing, context, (number, call) =>
            {
                if (call is AgentCall.Register register)
                {
                    served = ($"{register.Agent.Address}:{register.Agent.FilePort}", number);
                    _places[served.Value.Place] = (agent.Name, number);
                }
                return _pump.PostAsync(new MasterEvent.AgentCalled(number * 2 + 1, call));
            });
        }
        finally
        {
            if (served is var (place, connection))
                _places.TryRemove(KeyValuePair.Create(place, (agent.Name, connection)));
        }
    }

    /// <summary>The principal of the connected agent that serves files there; null if there is none.</summary>
    internal string? PrincipalAt(string place) => _places.TryGetValue(place, out var found) ? found.Principal : null;

    /// <summary>Whose a framework is, also for a while after its end; null if it is not known.</summary>
    internal Task<string?> PrincipalOfAsync(FrameworkId framework) => AskAsync(() => _master.PrincipalOf(framework));

    /// <returns>Empty for an agent that is not known.</returns>
    internal Task<string> HostnameOfAsync(AgentId agent) => AskAsync(() => _master.HostnameOf(agent) ?? "");

    /// <summary>Lives until cancelled; then all streams are ended, so that agents and schedulers look for another master at once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        _stopping = cancellation;
        await _pump.RunAsync(cancellation);
        Schedulers.CloseAll();
        Agents.CloseAll();
    }

    public Task<ClusterSnapshot> SnapshotAsync(bool withTasks) => AskAsync(() => _master.Snapshot(withTasks));

    public Task<FrameworkExplanation?> ExplainFrameworkAsync(string idOrName) =>
        AskAsync(() => _master.ExplainFramework(idOrName));

    public Task<TaskExplanation?> ExplainTaskAsync(FrameworkId framework, TaskId task) =>
        AskAsync(() => _master.ExplainTask(framework, task));

    Task<Reading<ClusterSnapshot>> IClusterReader.SnapshotAsync(bool withTasks) => ReadAsync(() => _master.Snapshot(withTasks));

    Task<Reading<HoldingsView>> IClusterReader.HoldingsAsync() => ReadAsync(_master.Holdings);

    Task<Reading<IReadOnlyList<PageView>>> IClusterReader.PagesAsync() => ReadAsync(_master.Pages);

    Task<Reading<FrameworkExplanation?>> IClusterReader.ExplainFrameworkAsync(string idOrName) =>
        ReadAsync(() => _master.ExplainFramework(idOrName));

    Task<Reading<TaskExplanation?>> IClusterReader.ExplainTaskAsync(FrameworkId framework, TaskId task) =>
        ReadAsync(() => _master.ExplainTask(framework, task));

    private Task<Reading<T>> ReadAsync<T>(Func<T> read) => AskAsync(() =>
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        return new Reading<T>(read(), System.Diagnostics.Stopwatch.GetElapsedTime(begun));
    });

    /// <summary>Reads from the machine, told the time first: ages are as of now, not of the last event.</summary>
    private Task<T> AskAsync<T>(Func<T> read) => _pump.AskAsync(() =>
    {
        Handle(_time.GetUtcNow(), null);
        return read();
    });

    /// <returns>Null if it was carried out, else why not.</returns>
    public async Task<string?> OrderAsync(OperatorCommand command)
    {
        var request = Interlocked.Increment(ref _lastOrder);
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders[request] = answer;
        await _pump.PostAsync(new MasterEvent.Ordered(request, command));
        return await answer.Task;
    }

    private static readonly MasterEvent Tick = new MasterEvent.Tick();

    private void Handle(DateTimeOffset now, MasterEvent? e)
    {
        foreach (var effect in _master.Handle(now, e ?? Tick))
        {
            switch (effect)
            {
                case MasterEffect.ToScheduler(var connection, var sent): Schedulers.Send(connection / 2, sent); break;
                case MasterEffect.ToAgent(var connection, var sent): Agents.Send(connection / 2, sent); break;
                case MasterEffect.Close(var connection) when connection % 2 == 0: Schedulers.Close(connection / 2); break;
                case MasterEffect.Close(var connection): Agents.Close(connection / 2); break;
                case MasterEffect.Store(var number, var next): _ = StoreAsync(number, next); break;
                case MasterEffect.Answer(var request, var refused):
                    if (_orders.TryRemove(request, out var answer))
                        answer.SetResult(refused);
                    break;
            }
        }
    }

    private async Task StoreAsync(long number, Registry registry)
    {
        try
        {
            _pump.Post(new MasterEvent.Stored(number, await _store.StoreAsync(registry, _stopping)));
        }
        catch (OperationCanceledException)
        {
            // This master stops; its successor finds what is stored.
        }
    }
}
