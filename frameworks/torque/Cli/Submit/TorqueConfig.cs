namespace Agora.Torque.Cli.Submit;

/// <summary>What an administrator has set for <c>qsub</c>: lines of <c>NAME value</c> in <c>torque.cfg</c>.</summary>
internal sealed class TorqueConfig
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="path">There need be no such file.</param>
    public static TorqueConfig Load(string path)
    {
        var config = new TorqueConfig();
        if (!File.Exists(path))
            return config;
        foreach (var line in File.ReadLines(path))
        {
            var text = line.Trim();
            var blank = text.AsSpan().IndexOfAny(" \t");
            if (blank > 0 && text[0] != '#')
                config._values[text[..blank]] = text[blank..].Trim();
        }
        return config;
    }

    /// <summary>Null where it is not set.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    public bool IsTrue(string name) => this[name]?.ToLowerInvariant() is "true" or "t" or "yes" or "y" or "1";

    public bool IsFalse(string name) => this[name]?.ToLowerInvariant() is "false" or "f" or "no" or "n" or "0";
}
