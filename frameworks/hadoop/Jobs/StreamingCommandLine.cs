using System.Globalization;
using System.Text;

namespace Agora.Hadoop.Jobs;

/// <summary>Why a command line is refused.</summary>
/// <param name="ShowUsage">Hadoop prints its usage first.</param>
/// <param name="Logged">True for a log line, false for a bare one.</param>
public sealed record CommandLineProblem(string Message, bool ShowUsage, bool Logged);

/// <summary>
/// The options of <c>hadoop jar hadoop-streaming.jar</c>, generic ones included. Those that cannot be honoured yet are
/// refused and never passed over.
/// </summary>
public sealed class StreamingCommandLine
{
    private const string HadoopClassPrefix = "org.apache.hadoop.";

    /// <summary>Options that take one value or, from the second row on, several.</summary>
    private static readonly HashSet<string> Known =
    [
        "-output", "-mapper", "-combiner", "-reducer", "-inputformat", "-outputformat", "-partitioner", "-inputreader",
        "-numReduceTasks", "-mapdebug", "-reducedebug", "-io", "-cmdenv", "-jobconf", "-cacheFile", "-cacheArchive",
        "-D", "-conf", "-additionalconfspec", "-fs", "-dfs", "-jt", "-files", "-archives", "-libjars", "-input", "-file",
    ];

    private readonly Dictionary<string, string> _conf = [];
    private readonly List<string> _inputs = [], _environment = [], _warnings = [];
    private readonly List<FileToShip> _files = [];
    private string? _mapper, _combiner, _reducer;

    private StreamingCommandLine()
    {
    }

    public IReadOnlyDictionary<string, string> Conf => _conf;

    /// <summary>Paths and patterns as given, comma lists taken apart.</summary>
    public IReadOnlyList<string> Inputs => _inputs;
    public string Output { get; private set; } = "";
    public IReadOnlyList<FileToShip> Files => _files;

    /// <summary>What Hadoop warns of when it meets the option.</summary>
    public IReadOnlyList<string> Warnings => _warnings;
    public bool Background { get; private set; }
    public bool Verbose { get; private set; }
    public bool Info { get; private set; }

    /// <summary>Configuration files named by <c>-conf</c>, for the caller to read into <see cref="Set"/>.</summary>
    public IReadOnlyList<string> ConfFiles { get; private set; } = [];

    public static (StreamingCommandLine Line, CommandLineProblem? Problem) Parse(IReadOnlyList<string> args)
    {
        var line = new StreamingCommandLine();
        return (line, line.Read(args) ?? line.Check());
    }

    /// <summary>Sets a property, under its old name if it has one.</summary>
    public void Set(string name, string value) => _conf[JobConf.Canonical(name)] = value;

    private CommandLineProblem? Read(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var option = args[i];
            if (option.StartsWith("-D", StringComparison.Ordinal) && option.Length > 2)
            {
                SetPair(option[2..]);
                continue;
            }
            switch (option)
            {
                case "-background": Background = true; continue;
                case "-verbose" or "-debug": Verbose = true; continue;
                case "-info" or "-help": Info = true; continue;
                case "-lazyOutput": Set(JobConf.LazyOutput, StreamingClasses.TextOutput); continue;
            }
            if (!option.StartsWith('-'))
            {
                return Logged($"Found {args.Count - i} unexpected arguments on the command line " +
                    $"[{string.Join(", ", args.Skip(i))}]", showUsage: false);
            }
            if (!Known.Contains(option))
                return Logged($"Unrecognized option: {option}", showUsage: true);
            if (i + 1 == args.Count)
                return Logged($"Missing argument for option: {option[1..]}", showUsage: true);
            var problem = Take(option, args[++i]);
            // -input and -file go on to the next option.
            while (problem is null && option is "-input" or "-file" && i + 1 < args.Count && !args[i + 1].StartsWith('-'))
                problem = Take(option, args[++i]);
            if (problem is not null)
                return problem;
        }
        return null;
    }

    private CommandLineProblem? Take(string option, string value)
    {
        switch (option)
        {
            case "-input": _inputs.AddRange(new JobConf(new Dictionary<string, string> { ["i"] = value }).Paths("i")); break;
            case "-output": Output = value; break;
            case "-mapper": _mapper = value; break;
            case "-combiner": _combiner = value; break;
            case "-reducer": _reducer = value; break;
            case "-file": _files.Add(new FileToShip(value, Path.GetFileName(value), false)); break;
            case "-files": _files.AddRange(FileToShip.List(value, unpack: false)); break;
            case "-cacheFile":
                _warnings.Add("-cacheFile option is deprecated, please use -files instead.");
                _files.AddRange(FileToShip.List(value, unpack: false));
                break;
            case "-archives": _files.AddRange(FileToShip.List(value, unpack: true)); break;
            case "-cacheArchive":
                _warnings.Add("-cacheArchive option is deprecated, please use -archives instead.");
                _files.AddRange(FileToShip.List(value, unpack: true));
                break;
            case "-D": SetPair(value); break;
            case "-jobconf":
                _warnings.Add("-jobconf option is deprecated, please use -D instead.");
                SetPair(value);
                break;
            case "-conf" or "-additionalconfspec": ConfFiles = [.. ConfFiles, value]; break;
            case "-cmdenv": _environment.Add(value); break;
            case "-numReduceTasks": Set(JobConf.ReduceTasks, value); break;
            case "-partitioner": return TakeClass(option, value, JobConf.Partitioner, StreamingClasses.Partitioners);
            case "-inputformat": return TakeClass(option, value, JobConf.InputFormat, StreamingClasses.InputFormats);
            case "-outputformat": return TakeClass(option, value, JobConf.OutputFormat, StreamingClasses.OutputFormats);
            case "-io": return TakeForm(value);
            case "-inputreader": return TakeReader(value);
            case "-mapdebug": Set(JobConf.MapDebugScript, value); break;
            case "-reducedebug": Set(JobConf.ReduceDebugScript, value); break;
            case "-libjars":
                _warnings.Add($"-libjars {value} is passed over: no Java runs here; ship programs with -file or -files.");
                break;
            case "-fs" or "-dfs": Set(JobConf.DefaultStore, value == "local" ? "file:///" : value); break;
            case "-jt":
                _warnings.Add($"-jt {value} is passed over: the job runs on the cluster of AGORA_HOME.");
                break;
        }
        return null;
    }

    private CommandLineProblem? TakeClass(string option, string value, string property, IReadOnlyList<string> supported)
    {
        if (StreamingClasses.Find(value, supported) is { } found)
        {
            Set(property, found);
            return null;
        }
        return value.StartsWith(HadoopClassPrefix, StringComparison.Ordinal)
            ? NotYet($"{option} {value}", $"use one of {string.Join(", ", supported)}")
            : new CommandLineProblem($"{option} : class not found : {value}", false, false);
    }

    /// <summary>How records are passed to programs.</summary>
    private CommandLineProblem? TakeForm(string value)
    {
        var form = value.ToLowerInvariant();
        if (!RecordForms.Names.Contains(form))
            return NotYet($"-io {value}", $"programs are passed {string.Join(", ", RecordForms.Names)}");
        foreach (var property in RecordForms.Properties)
            Set(property, form);
        return null;
    }

    /// <summary>A class, then pairs that it reads as <c>stream.recordreader.*</c>.</summary>
    private CommandLineProblem? TakeReader(string value)
    {
        var parts = value.Split(',');
        if (!StreamingClasses.Means(parts[0], StreamingClasses.XmlRecordReader))
            return new CommandLineProblem($"-inputreader: class not found: {parts[0]}", false, false);
        Set(JobConf.InputFormat, StreamingClasses.StreamInput);
        Set(JobConf.RecordReader, StreamingClasses.XmlRecordReader);
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            Set(JobConf.RecordReaderPrefix + (equals < 0 ? part : part[..equals]), equals < 0 ? "" : part[(equals + 1)..]);
        }
        return null;
    }

    private CommandLineProblem? Check()
    {
        if (Info || _inputs.Count == 0 || Output.Length == 0)
        {
            var missing = new List<string>();
            if (_inputs.Count == 0)
                missing.Add("input");
            if (Output.Length == 0)
                missing.Add("output");
            if (missing.Count > 0)
            {
                return Logged($"Missing required option{(missing.Count > 1 ? "s" : "")}: {string.Join(", ", missing)}",
                    showUsage: true);
            }
        }
        if (_environment.Count > 0)
            _conf[JobConf.AddEnvironment] = JobConf.JoinEnvironment(_environment);
        if (_reducer == "NONE")
        {
            _reducer = null;
            _conf[JobConf.ReduceTasks] = "0";
        }
        return Command("-mapper", JobConf.MapCommand, JobConf.MapperClass, _mapper, StreamingClasses.Mappers)
            ?? Command("-combiner", JobConf.CombineCommand, JobConf.CombinerClass, _combiner, StreamingClasses.Reducers)
            ?? Command("-reducer", JobConf.ReduceCommand, JobConf.ReducerClass, _reducer, StreamingClasses.Reducers);
    }

    private CommandLineProblem? Command(
        string option, string property, string classProperty, string? command, IReadOnlyList<string> classes)
    {
        if (command is null)
            return null;
        var words = CommandLineSplit.Words(command);
        if (words.Count == 0)
            return new CommandLineProblem($"{option} is empty", false, false);
        if (option == "-reducer" && command.Equals("aggregate", StringComparison.OrdinalIgnoreCase))
        {
            _conf[classProperty] = StreamingClasses.AggregateReducer;
            _conf.TryAdd(JobConf.CombinerClass, StreamingClasses.AggregateCombiner);
            return null;
        }
        // A program that is shipped goes before a class that is called the same.
        if (StreamingClasses.Find(command, classes) is { } found && !_files.Exists(f => f.Name == command))
        {
            _conf[classProperty] = found;
            return null;
        }
        if (command.StartsWith(HadoopClassPrefix, StringComparison.Ordinal))
            return NotYet($"{option} {command}", $"use a program, or one of {string.Join(", ", classes)}");
        // A program that is shipped by its path is called by its name where it runs.
        var shipped = _files.Find(f => f.Path == words[0] && words[0].Contains('/', StringComparison.Ordinal));
        if (shipped is not null)
            command = shipped.Name + command[(command.IndexOf(words[0], StringComparison.Ordinal) + words[0].Length)..];
        _conf[property] = UrlEncode(command);
        return null;
    }

    private void SetPair(string pair)
    {
        // A token without '=' is passed over, as Hadoop does.
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
            Set(pair[..equals].Trim(), pair[(equals + 1)..]);
    }

    private static CommandLineProblem NotYet(string what, string instead) =>
        new($"{what} is not supported yet: {instead}", false, true);

    private static CommandLineProblem Logged(string message, bool showUsage) => new(message, showUsage, true);

    /// <summary>As Java's <c>URLEncoder</c> does it.</summary>
    private static string UrlEncode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '*' or '_')
                encoded.Append(c);
            else if (c == ' ')
                encoded.Append('+');
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return encoded.ToString();
    }
}
