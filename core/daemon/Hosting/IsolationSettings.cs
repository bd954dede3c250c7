using System.Diagnostics.CodeAnalysis;

namespace Agora.Daemon.Hosting;

/// <summary>How containers are held to what they asked for, and kept apart from each other.</summary>
public sealed record IsolationSettings
{
    private const string Posix = "posix", Cgroups = "cgroups", Memory = "memory", Disk = "disk", Namespaces = "namespaces";

    /// <summary>The words of <see cref="TryParse"/>.</summary>
    public const string Words = $"{Posix}, {Cgroups}, {Memory}, {Disk}, {Namespaces}";

    /// <summary>By control groups: processors, memory, processes.</summary>
    public bool HasCgroups { get; init; }

    /// <summary>Memory, where there are no control groups, by looking.</summary>
    public bool WatchesMemory { get; init; }

    /// <summary>What sandboxes hold, by looking.</summary>
    public bool WatchesDisk { get; init; }

    /// <summary>Containers see only their own processes and temporary files.</summary>
    public bool Encloses { get; init; }

    /// <summary>No more processors than asked for, also while others are idle.</summary>
    public bool IsCpuHard { get; init; }

    /// <summary>Who asks for whole processors has them for itself.</summary>
    public bool GivesProcessors { get; init; }

    /// <summary>Processes and threads of a container at once; 0 for no limit.</summary>
    public int ProcessesMax { get; init; }

    /// <summary>Commands run as the users they name.</summary>
    public bool SwitchesUser { get; init; }

    /// <summary>No program that a command starts gains privileges by it.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Reads <c>cgroups,disk</c> or the like.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IsolationSettings? settings, [NotNullWhen(false)] out string? wrong)
    {
        (settings, wrong) = (new IsolationSettings(), null);
        foreach (var word in text.Split(','))
        {
            switch (word)
            {
                case Posix: break;
                case Cgroups: settings = settings with { HasCgroups = true }; break;
                case Memory: settings = settings with { WatchesMemory = true }; break;
                case Disk: settings = settings with { WatchesDisk = true }; break;
                case Namespaces: settings = settings with { Encloses = true }; break;
                default: wrong = $"there is no '{word}', only {Words}"; break;
            }
        }
        if (settings is { HasCgroups: true, WatchesMemory: true })
            wrong ??= $"'{Cgroups}' hold memory already, so that '{Memory}' has nothing to watch";
        if (wrong is null)
            return true;
        settings = null;
        return false;
    }
}
