using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>
/// <c>hadoop jar hadoop-streaming.jar</c>: reads the options, ships the files, submits the job and shows how it goes,
/// with Hadoop 1's words and exit codes.
/// </summary>
internal static class StreamJob
{
    private const string Logger = "streaming.StreamJob";
    private const int Failed = 1, OutputExists = 4, OtherIo = 5;

    /// <summary>How long a status request waits for news.</summary>
    private static readonly TimeSpan StatusWait = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args.Count == 0)
        {
            Console.Error.WriteLine("No Arguments Given!");
            return Failed;
        }
        var (line, problem) = StreamingCommandLine.Parse(args);
        foreach (var warning in line.Warnings)
            ConsoleLog.Warn(Logger, warning);
        if (problem is null && !line.Info)
            problem = ConfigurationFile.ReadInto(line) ?? MissingFile(line);
        if (problem is not null || line.Info)
            return Refused(line, problem);
        return await SubmitAsync(line);
    }

    private static int Refused(StreamingCommandLine line, CommandLineProblem? problem)
    {
        if (problem is null || problem.ShowUsage)
            Console.Write(line.Info ? StreamingUsage.Long : StreamingUsage.Short);
        if (problem is null)
            return 0;
        if (problem.Logged)
        {
            ConsoleLog.Error(Logger, problem.Message);
            Console.Error.WriteLine();
        }
        else
        {
            Console.Error.WriteLine(problem.Message);
        }
        return Fail(Failed);
    }

    private static CommandLineProblem? MissingFile(StreamingCommandLine line)
    {
        foreach (var file in line.Files)
            if (!file.InStore && !File.Exists(file.Path))
                return new CommandLineProblem(
                    $"File: {Path.GetFullPath(file.Path)} does not exist, or is not readable.", false, false);
        return line.Files.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? new CommandLineProblem($"two shipped files would both be called {twice.Key}; " +
                "give one another name with -files path#name", false, false)
            : null;
    }

    private static async Task<int> SubmitAsync(StreamingCommandLine line)
    {
        using var stores = Cluster.OpenStores();
        using var client = Cluster.OpenJobTracker();
        var jarName = $"streamjob{Random.Shared.NextInt64(long.MaxValue)}.jar";
        if (!line.Conf.ContainsKey(JobConf.JobName))
            line.Set(JobConf.JobName, jarName);
        var unpacked = Path.Combine(Path.GetTempPath(), $"hadoop-unjar{Random.Shared.NextInt64(long.MaxValue)}/");
        var packed = line.Files.Where(f => !f.InStore).Select(f => f.Path).Append(unpacked);
        Console.WriteLine(
            $"packageJobJar: [{string.Join(", ", packed)}] [] {Path.Combine(Path.GetTempPath(), jarName)} tmpDir=null");
        try
        {
            line.Set(JobConf.InputPaths, string.Join(',', line.Inputs.Select(i => Qualify(stores, OnStore(line, i)))));
            line.Set(JobConf.OutputPath, stores.Find(OnStore(line, line.Output)).ToString());
        }
        catch (FormatException e)
        {
            ConsoleLog.Error(Logger, $"Error Launching job : {e.Message}");
            return Fail(OtherIo);
        }
        if (line.Verbose)
            foreach (var (name, value) in line.Conf.OrderBy(c => c.Key, StringComparer.Ordinal))
                Console.WriteLine($"STREAM: {name}={value}");
        var user = Environment.UserName;
        JobId id;
        string staging;
        JobAccepted? accepted;
        JobRefusal? refusal;
        try
        {
            id = await client.ReserveAsync();
            staging = OutputPaths.Staging(user, id);
            var files = await ShipAsync(stores, line.Files, staging);
            (accepted, refusal) = await client.SubmitAsync(id, new JobSubmission(user, new(line.Conf), files));
        }
        catch (IOException e)
        {
            ConsoleLog.Error(Logger, $"Error Launching job : {e.Message}");
            return Fail(OtherIo);
        }
        if (accepted is null)
        {
            ConsoleLog.Info("mapred.JobClient", $"Cleaning up the staging area {stores.Default.Prefix}{staging}");
            await stores.Default.DeleteAsync(staging, recursive: true);
            return NotTaken(user, refusal!);
        }
        ConsoleLog.Info("mapred.FileInputFormat", $"Total input paths to process : {accepted.InputPaths}");
        ConsoleLog.Info(Logger, $"getLocalDirs(): [{Path.GetTempPath().TrimEnd('/')}]");
        ConsoleLog.Info(Logger, $"Running job: {id}");
        ShowWhere(client, id);
        if (line.Background)
        {
            ConsoleLog.Info(Logger, "Job is running in background.");
            return 0;
        }
        return await WatchAsync(client, id, line.Output);
    }

    /// <summary>Each file in a directory of its own, so that names may repeat.</summary>
    private static async Task<List<ShippedFile>> ShipAsync(
        Stores stores, IReadOnlyList<FileToShip> files, string staging)
    {
        List<ShippedFile> shipped = [];
        foreach (var file in files)
        {
            if (file.InStore)
            {
                shipped.Add(new ShippedFile(stores.Find(file.Path).ToString(), file.Name, file.Unpack));
                continue;
            }
            var target = $"{staging}/files/{shipped.Count}/{Path.GetFileName(file.Path)}";
            await using var source = File.OpenRead(file.Path);
            await stores.Default.CreateAsync(target, new CreateOptions(Overwrite: true), source.CopyToAsync);
            shipped.Add(new ShippedFile(
                new StoredPath(stores.Default, target).ToString(), file.Name, file.Unpack));
        }
        return shipped;
    }

    private static int NotTaken(string user, JobRefusal refusal)
    {
        var (javaClass, words, code) = refusal.Kind switch
        {
            RefusalKind.OutputExists => ("org.apache.hadoop.mapred.FileAlreadyExistsException",
                "Error launching job , Output path already exists : ", OutputExists),
            RefusalKind.InputMissing => ("org.apache.hadoop.mapred.InvalidInputException", "Error Launching job : ", OtherIo),
            RefusalKind.Invalid => (null, "Error launching job , Invalid job conf : ", 3),
            RefusalKind.Failed => ("java.io.IOException", "Error Launching job : ", OtherIo),
        };
        if (javaClass is not null)
        {
            ConsoleLog.Error("security.UserGroupInformation",
                $"PriviledgedActionException as:{user} cause:{javaClass}: {refusal.Message}");
        }
        ConsoleLog.Error(Logger, words + refusal.Message);
        return Fail(code);
    }

    private static async Task<int> WatchAsync(JobClient client, JobId id, string output)
    {
        var shown = "";
        var version = -1L;
        while (true)
        {
            var status = await client.StatusAsync(id.ToString(), version, StatusWait);
            if (status is null)
            {
                ConsoleLog.Error(Logger, $"Job not successful. Error: {id} is not known to the JobTracker any more");
                return Fail(Failed);
            }
            version = status.Version;
            // Halves go to the even number in .NET and up in Java.
            var progress = $" map {Math.Floor((status.MapProgress * 100) + 0.5)}%" +
                $"  reduce {Math.Floor((status.ReduceProgress * 100) + 0.5)}%";
            if (progress != shown)
                ConsoleLog.Info(Logger, progress);
            shown = progress;
            switch (status.State)
            {
                case JobState.Succeeded:
                    ConsoleLog.Info(Logger, $"Job complete: {id}");
                    ConsoleLog.Info(Logger, $"Output: {output}");
                    return 0;
                case JobState.Failed or JobState.Killed:
                    ShowWhere(client, id);
                    if (status.FailureLog is not null)
                        Console.Error.WriteLine(status.FailureLog);
                    ConsoleLog.Error(Logger, $"Job not successful. Error: {status.FailureInfo ?? "NA"}");
                    ConsoleLog.Info(Logger, "killJob...");
                    return Fail(Failed);
                case JobState.Prep or JobState.Running:
                    break;
            }
        }
    }

    private static void ShowWhere(JobClient client, JobId id)
    {
        ConsoleLog.Info(Logger, "To kill this job, run:");
        ConsoleLog.Info(Logger,
            $"{Environment.ProcessPath} job  -Dmapred.job.tracker={client.Address} -kill {id}");
        ConsoleLog.Info(Logger, $"Tracking URL: {client.TrackingUrl(id.ToString())}");
    }

    /// <summary>A path without a store is on that of <c>-fs</c>, if one was named.</summary>
    private static string OnStore(StreamingCommandLine line, string path) =>
        !line.Conf.TryGetValue(JobConf.DefaultStore, out var store) || path.Contains("://", StringComparison.Ordinal) ||
            path.StartsWith("file:", StringComparison.Ordinal) ? path
        : store.StartsWith("file:", StringComparison.Ordinal) ? $"file:{Path.GetFullPath(path)}"
        : path.StartsWith('/') ? store.TrimEnd('/') + path : $"{store.TrimEnd('/')}/user/{Environment.UserName}/{path}";

    /// <summary>The path in full; a comma in it is escaped, as commas separate paths.</summary>
    private static string Qualify(Stores stores, string path)
    {
        var full = stores.Find(path).ToString();
        return full.Contains('{', StringComparison.Ordinal) ? full : full.Replace(",", "\\,", StringComparison.Ordinal);
    }

    private static int Fail(int code)
    {
        Console.Error.WriteLine("Streaming Command Failed!");
        return code;
    }
}
