using Agora.Spark.Submit;

const int Failed = 1;
try
{
    var submission = Submission.Parse(args);
    if (submission.WantsHelp || args.Length == 0)
    {
        Console.Error.Write(Help.Text);
        return args.Length == 0 ? Failed : 0;
    }
    if (submission.WantsVersion)
    {
        Console.Error.WriteLine($"Agora sparklike {typeof(Submission).Assembly.GetName().Version?.ToString(3)}");
        return 0;
    }
    if (submission.Application is not { } application)
        throw new SubmitException("Missing application resource.");
    var command = Launch.CommandOf(application, submission.Arguments);
    var self = new FileInfo(Environment.ProcessPath!);
    var home = Path.GetDirectoryName(Path.GetDirectoryName(self.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? self.FullName))!;
    var properties = submission.AllProperties(home);
    foreach (var ignored in submission.Ignored)
        Console.Error.WriteLine($"Warning: {ignored}");
    if (submission.IsVerbose)
    {
        Console.Error.WriteLine($"Program: {string.Join(' ', command)}");
        foreach (var (key, value) in properties.OrderBy(p => p.Key, StringComparer.Ordinal))
            Console.Error.WriteLine($"  ({key},{value})");
    }
    return Launch.Become(command, submission, properties, home);
}
catch (SubmitException e)
{
    Console.Error.WriteLine($"Error: {e.Message}");
    Console.Error.WriteLine("Run with --help for usage help or --verbose for debug output");
    return Failed;
}
