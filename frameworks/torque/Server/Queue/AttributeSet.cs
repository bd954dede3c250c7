using System.Globalization;

namespace Agora.Torque.Server.Queue;

/// <summary>Attributes of the server or a queue, with those of resources as <c>resources_max.walltime</c>, in the order they were set.</summary>
internal sealed class AttributeSet
{
    private readonly List<KeyValuePair<string, string>> _all = [];

    public IReadOnlyList<KeyValuePair<string, string>> All => _all;

    public string? Text(string name)
    {
        foreach (var (key, value) in _all)
        {
            if (key == name)
                return value;
        }
        return null;
    }

    public bool IsTrue(string name) => KnownAttributes.IsTrue(Text(name));

    public int? Number(string name) =>
        int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The parts of a list; none if it is not set.</summary>
    public IReadOnlyList<string> List(string name) =>
        Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>Resource and value of, say, all <c>resources_max</c>.</summary>
    public IEnumerable<(string Resource, string Value)> Resources(string name)
    {
        foreach (var (key, value) in _all)
        {
            if (key.Length > name.Length && key[name.Length] == '.' && key.StartsWith(name, StringComparison.Ordinal))
                yield return (key[(name.Length + 1)..], value);
        }
    }

    public void Set(string name, string value)
    {
        var at = _all.FindIndex(p => p.Key == name);
        if (at < 0)
            _all.Add(new(name, value));
        else
            _all[at] = new(name, value);
    }

    /// <summary>Takes it away, with all its resources.</summary>
    public void Unset(string name) =>
        _all.RemoveAll(p => p.Key == name || p.Key.Length > name.Length && p.Key[name.Length] == '.' && p.Key.StartsWith(name, StringComparison.Ordinal));
}
