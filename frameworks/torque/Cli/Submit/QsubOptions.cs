using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Submit;

/// <summary>
/// What a job is to have, from the command line and from the script's directives. The command line is read first, and
/// what it gave is not given by a directive again.
/// </summary>
internal sealed class QsubOptions(CommandContext context)
{
    private const string Letters = "a:A:b:c:C:d:D:e:EfF:hi:Ij:J:k:K:l:L:m:M:nN:o:p:P:q:r:S:t:T:u:v:Vw:W:xXz-:";

    /// <summary>They say in different words which nodes; one of them on the command line stands for all.</summary>
    private static readonly string[] NodeResources = ["nodes", "select", "procs", "ncpus", "size"];

    private readonly HashSet<string> _given = [];
    private readonly HashSet<string> _givenBefore = [];
    private readonly Dictionary<char, string> _values = [];
    private readonly List<KeyValuePair<string, string>> _resources = [];
    private readonly List<KeyValuePair<string, string>> _additional = [];
    private readonly List<KeyValuePair<string, string>> _variables = [];

    /// <summary>Operands of the command line.</summary>
    public IReadOnlyList<string> Operands { get; private set; } = [];

    /// <summary>What stands behind <c>--</c>; null where there is none.</summary>
    public IReadOnlyList<string>? Program { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Resources => _resources;

    public IReadOnlyList<KeyValuePair<string, string>> Additional => _additional;

    public IReadOnlyList<KeyValuePair<string, string>> Variables => _variables;

    /// <summary>An option's argument; for those without, an empty one. Null where it was not given.</summary>
    public string? this[char option] => _values.GetValueOrDefault(option);

    public bool Has(char option) => _values.ContainsKey(option);

    public bool IsInteractive => Has('I');

    /// <exception cref="CommandFailure">It cannot be understood.</exception>
    public void ReadCommandLine(IReadOnlyList<string> arguments)
    {
        var getopt = new Getopt("qsub", Letters, arguments, context.Error);
        Read(getopt);
        Operands = getopt.Operands;
        Program = getopt.Rest;
        if (Operands.Count > 1)
            throw QsubUsage.Failure("[index issues]");
        if (Program is not null && (Operands.Count > 0 || Program.Count == 0))
            throw QsubUsage.Failure("[qsub: a program stands behind '--', and no script before it]");
        _givenBefore.UnionWith(_given);
    }

    /// <param name="line">What follows the prefix.</param>
    /// <exception cref="CommandFailure">It cannot be understood.</exception>
    public void ReadDirective(string line)
    {
        var getopt = new Getopt("qsub", Letters, ShellWords.Split(line), context.Error);
        Read(getopt);
        if (getopt.AllOperands.Count > 0)
            throw QsubUsage.Failure($"[qsub: directive error: {line.Trim()}]");
    }

    /// <summary>What must not be asked for together.</summary>
    /// <exception cref="CommandFailure">It is.</exception>
    public void Check()
    {
        bool Asks(string resource) => _resources.Exists(r => r.Key == resource);
        if (IsInteractive && Has('t'))
            throw QsubUsage.Failure("[qsub: a job array cannot be interactive: leave -I or -t out]");
        if (Asks("nodes") && Asks("procs"))
            throw QsubUsage.Illegal('l');
        if (Asks("nodes") && (Asks("ncpus") || Asks("size")))
            throw new CommandFailure(4, "qsub: Jobs may not mix -l nodes with -l size or -l ncpus");
    }

    private void Read(Getopt getopt)
    {
        while (getopt.Next(out var option, out var argument))
        {
            switch (option)
            {
                case Getopt.Wrong:
                    throw QsubUsage.Failure("[exiting]");
                case Getopt.Long:
                    throw QsubUsage.Failure($"[qsub: there is no option '--{argument}']");
                case 'l':
                    foreach (var (name, value) in OptionValues.Resources(argument) ?? throw QsubUsage.Illegal('l'))
                        Put(_resources, "l", name, value);
                    break;
                case 'W':
                    foreach (var (name, value) in AdditionalAttributes.Split(argument) ?? throw QsubUsage.Illegal('W'))
                        ReadAdditional(name, value);
                    break;
                case 'v':
                    foreach (var (name, value) in OptionValues.Variables(argument, context.Variable) ?? throw QsubUsage.Illegal('v'))
                        Put(_variables, "v", name, value);
                    break;
                case 'L':
                    throw new CommandFailure(QsubUsage.ExitCode, "qsub: requests by -L are not understood here; ask with -l nodes=N:ppn=P");
                case 'X':
                    throw new CommandFailure(1, "qsub: X11 forwarding is not offered here; leave -X out");
                default:
                    Put(option == 'J' ? 't' : option, Checked(option, argument));
                    break;
            }
        }
    }

    private void Put(char option, string value)
    {
        if (_givenBefore.Contains($"{option}"))
            return;
        _given.Add($"{option}");
        _values[option] = value;
    }

    private void Put(List<KeyValuePair<string, string>> list, string option, string name, string value)
    {
        var key = option + name;
        if (_givenBefore.Contains(key) || option == "l" && Array.IndexOf(NodeResources, name) >= 0 && IsGivenInOtherWords())
            return;
        _given.Add(key);
        list.RemoveAll(p => p.Key == name);
        list.Add(new(name, value));
    }

    private bool IsGivenInOtherWords()
    {
        foreach (var name in NodeResources)
        {
            if (_givenBefore.Contains("l" + name))
                return true;
        }
        return false;
    }

    private void ReadAdditional(string name, string value)
    {
        switch (name)
        {
            case "depend" when AdditionalAttributes.WrongDependency(value) is { } wrong:
                throw QsubUsage.Failure($"[qsub: illegal -W dependency value: '{wrong}']");
            case "umask" when !OptionValues.IsUmask(value):
            case "group_list" when !OptionValues.IsUserList(value):
            case "job_radix" when !OptionValues.IsSeconds(value):
                throw QsubUsage.Illegal('W');
            case "interactive":
                if (value.Equals("true", StringComparison.OrdinalIgnoreCase))
                    Put('I', "");
                break;
            default:
                Put(_additional, "W", name, value);
                break;
        }
    }

    private string Checked(char option, string argument)
    {
        var right = option switch
        {
            'a' => PbsDate.Parse(argument, context.Now) is not null,
            'A' or 'P' => OptionValues.IsAccount(argument),
            'b' => OptionValues.IsSeconds(argument),
            'c' => OptionValues.IsCheckpoint(argument),
            'e' or 'o' => OptionValues.OutputPath(argument, context.Host, context.Directory) is not null,
            'd' or 'D' or 'w' => argument.Length > 0,
            'j' => OptionValues.IsJoin(argument),
            'k' => OptionValues.IsKeep(argument),
            'K' => OptionValues.IsKillDelay(argument),
            'm' => OptionValues.IsMailPoints(argument),
            'M' or 'u' => OptionValues.IsUserList(argument),
            'N' => OptionValues.IsJobName(argument),
            'p' => OptionValues.IsPriority(argument),
            'q' => OptionValues.Destination(argument) is not null,
            'r' => OptionValues.Rerunable(argument) is not null,
            'S' => OptionValues.IsShellList(argument),
            't' or 'J' => argument.Length > 0,
            _ => true,
        };
        return right ? argument : throw QsubUsage.Illegal(option);
    }

    /// <summary>Of <c>-W</c> and <c>-l</c>, as attributes.</summary>
    public IEnumerable<JobAttribute> ListAttributes()
    {
        foreach (var (name, value) in _resources)
            yield return new JobAttribute("Resource_List", name, value);
        if (Has('n') || Has('E'))
            yield return new JobAttribute("Resource_List", "naccesspolicy", "singlejob");
        foreach (var (name, value) in _additional)
            yield return new JobAttribute(name, null, value);
    }
}
