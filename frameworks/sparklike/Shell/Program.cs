using Agora.Spark;
using Agora.Spark.Shell;
using Agora.Spark.Submit;
using Agora.Spark.Transfer;

const int Failed = 1;
const string Usage = """
    Usage: spark-shell [options]

    A C# prompt with 'sc', a SparkContext. What comes through a pipe is run without prompts.


    """;
try
{
    var submission = Submission.Parse(args);
    if (submission.WantsHelp)
    {
        Console.Error.Write(Usage + Help.Options);
        return 0;
    }
    if (submission.WantsVersion)
    {
        Console.Error.WriteLine($"Agora sparklike {typeof(SparkContext).Assembly.GetName().Version?.ToString(3)}");
        return 0;
    }
    if (submission.Application is { } program)
        throw new SubmitException($"spark-shell runs no program such as {program}: use spark-submit, or #load \"{program}\" at the prompt");
    // As it is installed: lib/spark-shell.
    var home = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
    var properties = submission.AllProperties(home);
    foreach (var ignored in submission.Ignored)
        Console.Error.WriteLine($"Warning: {ignored}");
    if (submission.IsVerbose)
    {
        foreach (var (key, value) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
            Console.Error.WriteLine($"  ({key},{value})");
    }
    // The runtime reads its bound when it starts.
    if (submission.DriverMemory is not null && Environment.GetEnvironmentVariable(Launch.HeapLimit) is null)
        return Launch.Become([Environment.ProcessPath!, .. args], submission, properties, home);
    if (Environment.GetEnvironmentVariable(Launch.Home) is null)
        Environment.SetEnvironmentVariable(Launch.Home, home);
    var conf = new SparkConf().SetAll(properties).SetIfMissing("spark.app.name", "spark-shell").SetIfMissing("spark.master", "local[*]");
    using var context = new SparkContext(conf) { SignalsCancelJobs = true };
    var isTerminal = !Console.IsInputRedirected;
    if (isTerminal)
        Console.Out.WriteLine($"Spark in C# on Agora. 'sc' is a SparkContext at {conf.Get("spark.master")}; :help tells more.");
    var session = new ScriptSession(new Globals(context), piece => UserAssemblies.Add(piece.Name, piece.Image, piece.Symbols));
    await new Prompt(session, Console.In, Console.Out, Console.Error, isTerminal).RunAsync();
    return 0;
}
catch (SubmitException e)
{
    Console.Error.WriteLine($"Error: {e.Message}");
    Console.Error.WriteLine("Run with --help for usage help or --verbose for debug output");
    return Failed;
}
catch (SparkException e)
{
    Console.Error.WriteLine($"Error: {e.Message}");
    return Failed;
}
