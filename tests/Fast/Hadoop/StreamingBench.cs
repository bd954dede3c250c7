using System.Text;
using Agora.Hadoop;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Service;
using Agora.Hadoop.Tasks;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

/// <summary>
/// Streaming jobs with real programs on one node in this process, from files of a directory to files of it; shipped
/// files lie there too.
/// </summary>
internal sealed class StreamingBench : IDisposable
{
    private static readonly JobId Job = new("202601010000", 1);

    private readonly UserStores _stores = new(null);
    private readonly AttemptRunner _runner;
    private readonly List<ShippedFile> _shipped = [];

    public StreamingBench()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("agora-streaming").FullName;
        _runner = new AttemptRunner(new Node(Path.Combine(Directory, "node"), Path.Combine(Directory, "shared"), "file:",
            new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }), _stores, TimeProvider.System);
    }

    public string Directory { get; }

    /// <summary>Summed over the attempts of the jobs run.</summary>
    public Counters Counters { get; } = new();

    public void Dispose()
    {
        _runner.Dispose();
        _stores.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    public void Put(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(Path.Combine(Directory, name), bytes);

    /// <summary>A program to be found in the working directories.</summary>
    public void Ship(string name, string text)
    {
        Put(name, Encoding.UTF8.GetBytes(text));
        _shipped.Add(new ShippedFile($"file:{Directory}/{name}", name));
    }

    /// <summary>Where an attempt's logs are.</summary>
    public string Logs(AttemptId attempt) => Path.Combine(Directory, "node", "userlogs", Job.ToString(), attempt.ToString());

    /// <summary>Runs a job that must succeed over a file of the directory.</summary>
    /// <returns>The bytes of its only part.</returns>
    public byte[] Run(string input, string output, params string[] options)
    {
        var (conf, splits) = Plan(input, output, options);
        var outputs = new MapOutputs([$"file:/hadoop/{Job}"],
            [.. splits.Select((s, i) => new MapOutput(0, Attempt(TaskKind.Map, i).ToString(), s.Order))]);
        var reduces = conf.Int(JobConf.ReduceTasks);
        for (var i = 0; i < splits.Count; i++)
            Succeed(conf, Attempt(TaskKind.Map, i), splits, splits[i], null);
        if (reduces > 0)
            Succeed(conf, Attempt(TaskKind.Reduce, 0), splits, null, outputs);
        _runner.Forget(Job);
        return File.ReadAllBytes(System.IO.Directory.EnumerateFiles(Path.Combine(Directory, output), "part-00000*").Single());
    }

    /// <summary>Runs the first map alone.</summary>
    public AttemptResult RunMap(string input, params string[] options)
    {
        var (conf, splits) = Plan(input, "out", options);
        return Run(conf, Attempt(TaskKind.Map, 0), splits, splits[0], null);
    }

    /// <summary>As when the job has ended.</summary>
    public void Forget() => _runner.Forget(Job);

    public static AttemptId Attempt(TaskKind kind, int index) => new(new JobTaskId(Job, kind, index), 0);

    private (JobConf Conf, IReadOnlyList<InputSplit> Splits) Plan(string input, string output, string[] options)
    {
        var (line, problem) = StreamingCommandLine.Parse(
            ["-D", "mapred.map.tasks=1", "-input", $"file:{Directory}/{input}", "-output", $"file:{Directory}/{output}", .. options]);
        Assert.Null(problem);
        line.Set(JobConf.InputPaths, $"file:{Directory}/{input}");
        line.Set(JobConf.OutputPath, $"file:{Directory}/{output}");
        var conf = new JobConf(line.Conf);
        Assert.Empty(conf.Problems());
        var user = _stores.Of(Environment.UserName);
        var files = JobInput.FindAsync(user, conf.Paths(JobConf.InputPaths)).GetAwaiter().GetResult();
        return (conf, JobInput.Split(conf, user, files));
    }

    private void Succeed(
        JobConf conf, AttemptId attempt, IReadOnlyList<InputSplit> splits, InputSplit? split, MapOutputs? outputs)
    {
        var result = Run(conf, attempt, splits, split, outputs);
        Assert.True(result.Succeeded, $"{attempt}: {result.Message}\n{result.Report.LogTail}");
        Counters.Add(result.Report.Counters!);
        if (split is null || conf.Int(JobConf.ReduceTasks) == 0)
        {
            JobOutput.CommitAttemptAsync(_stores.Of(Environment.UserName).Find(conf.Text(JobConf.OutputPath)), attempt,
                mayBeEmpty: false).GetAwaiter().GetResult();
        }
    }

    private AttemptResult Run(
        JobConf conf, AttemptId attempt, IReadOnlyList<InputSplit> splits, InputSplit? split, MapOutputs? outputs) =>
        _runner.RunAsync(
            new TaskAssignment(attempt.ToString(), new JobSubmission(Environment.UserName, new(conf.Set), [.. _shipped]),
                splits.Count, conf.Int(JobConf.ReduceTasks), split, outputs),
            outputs is null ? null : new MapOutputFeed(outputs), new AttemptProgressSink(TimeProvider.System), CancellationToken.None)
            .GetAwaiter().GetResult();
}
