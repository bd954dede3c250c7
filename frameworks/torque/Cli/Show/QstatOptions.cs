using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary>What <c>qstat</c> is to show, and how.</summary>
internal sealed class QstatOptions
{
    private const string Letters = "acCeE:fF:gGilMn1pqQrRstu:W:xB-:", Conflict = "qstat: conflicting options.";

    /// <summary>As the original counts, which leaves commas out: lines of up to 80 columns.</summary>
    private const int UsualWidth = 77;

    private readonly HashSet<char> _given = [];

    public IReadOnlyList<string> Operands { get; private set; } = [];

    public StatusOf Of { get; private set; } = StatusOf.Jobs;

    public bool IsFull => _given.Contains('f');

    public bool IsXml => _given.Contains('x');

    public bool IsJson { get; private set; }

    public bool ExpandsArrays => _given.Contains('t');

    public bool OneLine => _given.Contains('1');

    public bool ShowsNodes => _given.Contains('n');

    public bool ShowsComment => _given.Contains('s');

    /// <summary><c>-R</c>: the disks a job asked for, and not its name.</summary>
    public bool ShowsFileSystems => _given.Contains('R');

    public int LineWidth => OneLine ? int.MaxValue : UsualWidth;

    /// <summary>It is the table of limits of <c>-q</c>.</summary>
    public bool IsQueueLimits => _given.Contains('q');

    /// <summary>The wide table is asked for.</summary>
    public bool IsAlternative => "airunsGMR".AsSpan().IndexOfAny([.. _given]) >= 0;

    /// <summary>Whose jobs; empty for all.</summary>
    public IReadOnlyList<string> Users { get; private set; } = [];

    /// <exception cref="CommandFailure">They cannot be understood, or not together.</exception>
    public static QstatOptions Read(IReadOnlyList<string> arguments, TextWriter errors)
    {
        var options = new QstatOptions();
        var getopt = new Getopt("qstat", Letters, arguments, errors);
        while (getopt.Next(out var option, out var argument))
        {
            if (option == 'W')
                options.ReadSiteSpecific(argument);
            else if (option is Getopt.Wrong or Getopt.Long || option == 'F' && argument != "json")
                throw new CommandFailure(2, QstatUsage.Text);
            else
                options.Take(option, argument);
        }
        options.Operands = getopt.AllOperands;
        options.Check();
        return options;
    }

    private void Take(char option, string argument)
    {
        _given.Add(option);
        if (option == 'u')
            Users = argument.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        else if (option == 'F')
            IsJson = true;
        else if (option is 'q' or 'Q')
            Of = Of == StatusOf.Server ? throw new CommandFailure(PbsException.ExitCodeOf(PbsError.InvalidRequest), Conflict) : StatusOf.Queues;
        else if (option == 'B')
            Of = Of == StatusOf.Queues ? throw new CommandFailure(PbsException.ExitCodeOf(PbsError.InvalidRequest), Conflict) : StatusOf.Server;
    }

    /// <summary>The same letters without dashes, as POSIX has room for them; behind <c>u</c> all is names.</summary>
    private void ReadSiteSpecific(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 'u')
            {
                Take('u', text[(i + 1)..]);
                return;
            }
            if (text[i] != ' ')
                Take("airnsqRGM".Contains(text[i]) ? text[i] : throw new CommandFailure(2, QstatUsage.Text), "");
        }
    }

    private void Check()
    {
        var isFullOfOther = IsFull && (IsAlternative && !OnlyUsers || IsQueueLimits);
        var selections = "airq".Count(_given.Contains);
        if (isFullOfOther || selections > 1 || _given.Contains('M') && _given.Contains('G') ||
            OneLine && !ShowsNodes && !IsFull || Of != StatusOf.Jobs && IsAlternative && !IsQueueLimits)
            throw new CommandFailure(2, $"{Conflict}\n{QstatUsage.Text}");
    }

    private bool OnlyUsers => "airnsGMR".AsSpan().IndexOfAny([.. _given]) < 0;

    /// <summary>The job is one of those that were asked for.</summary>
    public bool Includes(StatusRecord job)
    {
        var state = job["job_state"] ?? "";
        if (_given.Contains('i') && !"EHQTW".Contains(state) || _given.Contains('r') && state is not ("R" or "S") || _given.Contains('c') && state == "C")
            return false;
        if (Users.Count == 0)
            return true;
        var owner = job["Job_Owner"] ?? "";
        var name = owner.Split('@')[0];
        foreach (var user in Users)
        {
            if (user == name || user == owner)
                return true;
        }
        return false;
    }

    /// <summary>All jobs are included: nothing is to be looked at.</summary>
    public bool IncludesAll => Users.Count == 0 && "irc".AsSpan().IndexOfAny([.. _given]) < 0;

    /// <summary>A size in the unit of <c>-G</c> (gigabytes) or <c>-M</c> (words of 8 bytes, by the million); else as it is.</summary>
    public string InUnit(string size)
    {
        var (unit, suffix) = _given.Contains('G') ? (1L << 30, "gb") : _given.Contains('M') ? (8L << 20, "mw") : (0, "");
        return unit > 0 && PbsSize.Parse(size) is { } bytes ? $"{(bytes + unit - 1) / unit}{suffix}" : size;
    }
}
