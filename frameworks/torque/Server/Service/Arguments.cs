using Agora.Election;

namespace Agora.Torque.Server.Service;

/// <summary>Options of the server: <c>--name value</c>, nothing else.</summary>
internal sealed class Arguments
{
    private static readonly string[] Known =
        ["--master", "--state", "--port", "--address", "--role", "--linger", "--slots-min", "--acl-roots", "--mail-command", "--mom"];

    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="UsageException">Something is not one of the options.</exception>
    public Arguments(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i += 2)
        {
            if (!Known.Contains(words[i]))
                throw new UsageException($"'{words[i]}' is not an option; there are {string.Join(", ", Known)}");
            if (i + 1 == words.Count)
                throw new UsageException($"{words[i]} needs a value");
            _values[words[i]] = words[i + 1];
        }
    }

    public string? this[string name] => _values.GetValueOrDefault(name);

    public string Required(string name) => this[name] ?? throw new UsageException($"{name} is missing");

    public int Int(string name, int absent) => this[name] is not { } text ? absent
        : int.TryParse(text, out var value) && value >= 0 ? value
        : throw new UsageException($"{name} {text} is not a whole number");

    public MasterLocation Masters
    {
        get
        {
            try
            {
                return MasterLocation.Parse(Required("--master"));
            }
            catch (FormatException e)
            {
                throw new UsageException($"--master: {e.Message}");
            }
        }
    }
}

/// <summary>The command line is wrong; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);
