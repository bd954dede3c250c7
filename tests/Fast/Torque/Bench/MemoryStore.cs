using Agora.Torque.Jobs;
using Agora.Torque.Server.Queue;

namespace Agora.Tests.Fast.Torque;

/// <summary>Keeps a queue's changes as the store on disk keeps them.</summary>
internal sealed class MemoryStore
{
    private readonly Dictionary<string, StoredScript> _scripts = [];
    private readonly Dictionary<JobId, StoredForm> _forms = [];
    private readonly Dictionary<JobId, StoredJob> _states = [];
    private string? _settings;
    private int _next;

    /// <summary>Null before anything was saved.</summary>
    public QueueState? State => _settings is null ? null
        : new([.. _scripts.Values], [.. _forms.Values], [.. _states.Values], _settings, _next);

    public void Save(QueueChanges changes)
    {
        foreach (var script in changes.Scripts)
            _scripts[script.Digest] = script;
        foreach (var form in changes.Forms)
            _forms[form.Id] = form;
        foreach (var state in changes.States)
            _states[state.Id] = state;
        foreach (var id in changes.Gone)
        {
            foreach (var one in _forms.Keys.Where(k => k.Number == id.Number).ToArray())
                _forms.Remove(one);
            foreach (var one in _states.Keys.Where(k => k.Number == id.Number).ToArray())
                _states.Remove(one);
        }
        foreach (var digest in changes.ScriptsGone)
            _scripts.Remove(digest);
        _settings = changes.Settings ?? _settings;
        _next = changes.NextNumber ?? _next;
    }
}
