namespace Agora.Spark.Submit;

/// <summary>A command line, read.</summary>
/// <param name="Properties">What its options say, by Spark's names.</param>
/// <param name="PropertiesFile">Null for the usual one.</param>
/// <param name="DriverMemory">For the program's own process, as Spark writes sizes; null for no bound.</param>
/// <param name="Application">The program; null if none is named.</param>
/// <param name="Arguments">Its own.</param>
/// <param name="Ignored">Options that mean nothing here, with what is so.</param>
internal sealed record Submission(
    IReadOnlyDictionary<string, string> Properties, string? PropertiesFile, string? DriverMemory, string? Application,
    IReadOnlyList<string> Arguments, IReadOnlyList<string> Ignored, bool IsVerbose, bool WantsHelp, bool WantsVersion)
{
    private const string ByTask = "processors are taken from the cluster task by task; bound them with --total-executor-cores";

    private static readonly Dictionary<string, string> ToProperty = new(StringComparer.Ordinal)
    {
        ["--master"] = "spark.master",
        ["--name"] = "spark.app.name",
        ["--executor-memory"] = "spark.executor.memory",
        ["--total-executor-cores"] = "spark.cores.max",
        ["--total-cores"] = "spark.cores.max",
        ["--files"] = "spark.files",
        ["--role"] = "spark.mesos.role",
    };

    private static readonly Dictionary<string, string> ToIgnore = new(StringComparer.Ordinal)
    {
        ["--class"] = "an assembly has one entry point, which is run",
        ["--executor-cores"] = ByTask,
        ["--num-executors"] = ByTask,
        ["--driver-cores"] = "the program runs in a process of its own here, with all of this machine's processors",
        ["--driver-java-options"] = "there is no Java here",
        ["--driver-class-path"] = "there is no Java here",
        ["--driver-library-path"] = "set LD_LIBRARY_PATH",
        ["--queue"] = "there are no queues here; use --role",
    };

    private static readonly Dictionary<string, string> ToRefuse = new(StringComparer.Ordinal)
    {
        ["--jars"] = "put the assemblies beside the program: executors get what it uses",
        ["--packages"] = "add them to the program's project: executors get what it uses",
        ["--repositories"] = "add packages to the program's project: executors get what it uses",
        ["--exclude-packages"] = "add packages to the program's project: executors get what it uses",
        ["--py-files"] = "programs are .NET assemblies here",
        ["--archives"] = "pass the files with --files",
        ["--principal"] = "there is no Kerberos here; your credential is in the file that AGORA_CREDENTIAL names",
        ["--keytab"] = "there is no Kerberos here; your credential is in the file that AGORA_CREDENTIAL names",
        ["--proxy-user"] = "submit as that user",
        ["--kill"] = "programs run where they are submitted: end their process",
        ["--status"] = "programs run where they are submitted; see 'agora frameworks' and the application's page",
        ["--supervise"] = "programs run where they are submitted: have a service manager start them again",
    };

    private static readonly HashSet<string> Switches = ["--supervise", "--verbose", "-v", "--version", "--help", "-h"];

    /// <exception cref="SubmitException">An option is not known, lacks its value, or cannot be honoured.</exception>
    public static Submission Parse(IReadOnlyList<string> arguments)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> ignored = [];
        string? file = null, memory = null, application = null;
        var (verbose, help, version) = (false, false, false);
        var i = 0;
        for (; i < arguments.Count && application is null; i++)
        {
            if (!arguments[i].StartsWith('-'))
            {
                application = arguments[i];
                continue;
            }
            var (name, value) = Split(arguments[i]);
            if (ToRefuse.TryGetValue(name, out var why))
                throw new SubmitException($"{name} cannot be honoured here: {why}");
            if (!Switches.Contains(name) && value is null)
            {
                if (!IsKnown(name))
                    throw new SubmitException($"Unrecognized option '{arguments[i]}'.");
                value = ++i < arguments.Count ? arguments[i] : throw new SubmitException($"Missing argument for option '{name}'.");
            }
            switch (name)
            {
                case "--verbose" or "-v": verbose = true; break;
                case "--version": version = true; break;
                case "--help" or "-h": help = true; break;
                case "--properties-file": file = value; break;
                case "--driver-memory": memory = value; break;
                case "--conf" or "-c": Set(properties, value!); break;
                case "--deploy-mode":
                    if (value != "client")
                        throw new SubmitException($"--deploy-mode {value} cannot be honoured here: programs run where they are submitted (client)");
                    break;
                default:
                    if (ToProperty.TryGetValue(name, out var property))
                        properties[property] = value!;
                    else if (ToIgnore.TryGetValue(name, out var what))
                        ignored.Add($"{name} is ignored: {what}");
                    else
                        throw new SubmitException($"Unrecognized option '{name}'.");
                    break;
            }
        }
        return new Submission(properties, file, memory, application, [.. arguments.Skip(i)], ignored, verbose, help, version);
    }

    /// <summary>Those of the file of defaults, and over them what the options say.</summary>
    /// <param name="home">The directory in which Agora is installed.</param>
    /// <exception cref="SubmitException">The file cannot be read.</exception>
    public Dictionary<string, string> AllProperties(string home)
    {
        var usual = Path.Combine(Environment.GetEnvironmentVariable("SPARK_CONF_DIR") ?? Path.Combine(home, "conf"), "spark-defaults.conf");
        var all = PropertiesFile is { } named ? Submit.PropertiesFile.Read(named) : File.Exists(usual) ? Submit.PropertiesFile.Read(usual) : [];
        foreach (var (key, value) in Properties)
            all[key] = value;
        return all;
    }

    private static bool IsKnown(string name) => ToProperty.ContainsKey(name) || ToIgnore.ContainsKey(name) ||
        name is "--properties-file" or "--driver-memory" or "--conf" or "-c" or "--deploy-mode";

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return argument.StartsWith("--", StringComparison.Ordinal) && equals > 0 ? (argument[..equals], argument[(equals + 1)..]) : (argument, null);
    }

    private static void Set(Dictionary<string, string> properties, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new SubmitException($"Spark config without '=': {text}");
        properties[text[..equals].Trim()] = text[(equals + 1)..].Trim();
    }
}
