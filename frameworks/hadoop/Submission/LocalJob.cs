using System.Collections;
using System.Globalization;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Service;
using Agora.Hadoop.Tasks;
using Agora.MapReduce;

namespace Agora.Hadoop.Submission;

/// <summary>
/// A job in this process, one task after the other, with the engine that TaskTrackers have: for tests, and for
/// debuggers, which stop in the user's mapper.
/// </summary>
internal sealed class LocalJob : MapReduce.RunningJob
{
    private readonly Jobs.Counters _counters = new();
    private volatile bool _killed;
    private volatile Task _run = Task.CompletedTask;
    private double _maps, _reduces;
    private string? _failure, _log;

    private LocalJob(string id) => JobId = id;

    public override string JobId { get; }
    public override bool IsComplete => _run.IsCompleted;
    public override bool IsSuccessful => _run.IsCompletedSuccessfully && _failure is null;
    public override double MapProgress => Volatile.Read(ref _maps);
    public override double ReduceProgress => Volatile.Read(ref _reduces);
    public override string? FailureInfo => _failure;
    public override string? FailureLog => _log;

    /// <summary>Complete once the job is.</summary>
    public override MapReduce.Counters Counters => new(IsComplete ? _counters.ToDictionary() : []);

    /// <exception cref="JobRefusedException">Its output exists, or its input does not.</exception>
    public static LocalJob Start(JobPackage package, UserStores stores)
    {
        var id = new JobId("local", Random.Shared.Next(1, Jobs.JobId.NumberMax));
        var directory = Directory.CreateTempSubdirectory("hadoop-local-").FullName;
        var job = new LocalJob(id.ToString());
        try
        {
            var (submission, splits) = PrepareAsync(id, package, stores, directory).GetAwaiter().GetResult();
            job._run = Task.Run(() => job.RunAsync(id, submission, splits, stores, directory));
        }
        catch (SubmissionRefusedException e)
        {
            Directory.Delete(directory, recursive: true);
            throw new JobRefusedException(e.Message);
        }
        return job;
    }

    public override void Refresh(TimeSpan patience) => Task.WhenAny(_run, Task.Delay(Shortest(patience))).GetAwaiter().GetResult();

    /// <summary>It ends before its next task.</summary>
    public override void KillJob() => _killed = true;

    private static TimeSpan Shortest(TimeSpan patience)
    {
        var look = TimeSpan.FromMilliseconds(200);
        return patience < look ? patience : look;
    }

    private static async Task<(JobSubmission, IReadOnlyList<InputSplit>)> PrepareAsync(
        JobId id, JobPackage package, UserStores stores, string directory)
    {
        var user = stores.Of(Environment.UserName);
        await package.StoreSplitsAsync(user.Find($"file:{directory}/splits"));
        var submission = new JobSubmission(Environment.UserName, package.Conf,
            [.. package.Files.Select(f => new ShippedFile(
                f.InStore ? f.Path : $"file:{Path.GetFullPath(f.Path)}", f.Name, f.Unpack))]);
        var conf = new Jobs.JobConf(package.Conf);
        if (conf.Problems() is { Count: > 0 } problems)
            throw new SubmissionRefusedException(RefusalKind.Invalid, string.Join("; ", problems));
        var output = user.Find(conf.Text(Jobs.JobConf.OutputPath));
        await JobOutput.CheckFreeAsync(output, id);
        var files = await JobInput.FindAsync(user, conf.Paths(Jobs.JobConf.InputPaths), conf.Bool(Jobs.JobConf.Recursive));
        var splits = JobInput.Split(conf, user, files);
        await JobOutput.SetUpAsync(output, id);
        return (submission, splits);
    }

    private async Task RunAsync(
        JobId id, JobSubmission submission, IReadOnlyList<InputSplit> splits, UserStores stores, string directory)
    {
        var output = stores.Of(submission.User).Find(submission.Conf[Jobs.JobConf.OutputPath]);
        try
        {
            var reduces = new Jobs.JobConf(submission.Conf).Int(Jobs.JobConf.ReduceTasks);
            var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
            using var runner = new AttemptRunner(
                new Node(directory, Path.Combine(directory, "shared"), "file:", environment), stores, TimeProvider.System);
            var outputs = new MapOutputs([$"file:/hadoop/{id}"], [.. splits.Select((s, i) => (s.Order, Index: i))
                .OrderBy(s => s.Order).Select(s => new MapOutput(0, Attempt(id, TaskKind.Map, s.Index).ToString(), s.Order))]);
            for (var i = 0; i < splits.Count && _failure is null; i++)
            {
                var attempt = Attempt(id, TaskKind.Map, i);
                await RunAsync(runner, new TaskAssignment(attempt.ToString(), submission, splits.Count, reduces, splits[i], null));
                if (_failure is null && reduces == 0)
                    await JobOutput.CommitAttemptAsync(output, attempt, mayBeEmpty: false);
                Volatile.Write(ref _maps, (i + 1.0) / splits.Count);
            }
            for (var i = 0; i < reduces && _failure is null; i++)
            {
                var attempt = Attempt(id, TaskKind.Reduce, i);
                await RunAsync(runner, new TaskAssignment(attempt.ToString(), submission, splits.Count, reduces, null, outputs));
                if (_failure is null)
                    await JobOutput.CommitAttemptAsync(output, attempt, mayBeEmpty: false);
                Volatile.Write(ref _reduces, (i + 1.0) / reduces);
            }
            runner.Forget(id);
            if (_failure is null)
                await JobOutput.CommitAsync(output);
        }
        catch (Exception e)
        {
            _failure = e.Message;
        }
        finally
        {
            if (_failure is not null)
                await JobOutput.AbortAsync(output);
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task RunAsync(AttemptRunner runner, TaskAssignment assignment)
    {
        if (_killed)
        {
            _failure = "it was killed";
            return;
        }
        var result = await runner.RunAsync(assignment,
            assignment.MapOutputs is { } outputs ? new MapOutputFeed(outputs) : null, new AttemptProgressSink(TimeProvider.System), CancellationToken.None);
        if (result.Report.Counters is { } counters)
            _counters.Add(counters);
        if (result.Succeeded)
            return;
        _log = result.Report.LogTail;
        _failure = string.Create(CultureInfo.InvariantCulture, $"{assignment.Attempt} failed: {result.Message}");
    }

    private static AttemptId Attempt(JobId id, TaskKind kind, int index) => new(new JobTaskId(id, kind, index), 0);
}
