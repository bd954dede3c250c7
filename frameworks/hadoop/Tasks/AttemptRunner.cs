using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Classes;
using Agora.Hadoop.Tasks.Input;
using Agora.Hadoop.Tasks.Programs;
using Agora.Sdk;

namespace Agora.Hadoop.Tasks;

/// <param name="Message">Why it failed; empty if it succeeded.</param>
public sealed record AttemptResult(bool Succeeded, string Message, AttemptReport Report);

/// <summary>Runs attempts on one node; any number at the same time.</summary>
public sealed class AttemptRunner : IDisposable
{
    private readonly Node _node;
    private readonly UserStores _stores;
    private readonly TimeProvider _time;
    private readonly JobFiles _files;
    private readonly JobAssemblies _assemblies = new();
    private readonly HttpClient _http = new(AgentFilesHandler.OfContainer());

    public AttemptRunner(Node node, UserStores stores, TimeProvider time)
    {
        _node = node;
        _stores = stores;
        _time = time;
        _files = new JobFiles(node, stores);
    }

    /// <param name="outputs">What a reduce reads; null for a map.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set; the attempt's program is dead.</exception>
    public Task<AttemptResult> RunAsync(
        TaskAssignment assignment, MapOutputFeed? outputs, AttemptProgressSink progress, CancellationToken stop) =>
        Task.Factory.StartNew(() => Run(assignment, outputs, progress, stop), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Removes what the node holds of a job that has ended.</summary>
    public void Forget(JobId job)
    {
        _assemblies.Forget(job);
        _files.Forget(job);
    }

    public void Dispose() => _http.Dispose();

    private AttemptResult Run(
        TaskAssignment assignment, MapOutputFeed? feed, AttemptProgressSink progress, CancellationToken stop)
    {
        var id = AttemptId.Parse(assignment.Attempt);
        using var errors = new ErrorOutput(Path.Combine(_files.LogDirectory(id), "stderr"), progress);
        var mapOutput = Path.Combine(_files.MapOutputs(id.Task.Job), id.ToString());
        var succeeded = false;
        string? directory = null;
        AttemptContext? context = null;
        var kept = false;
        try
        {
            directory = _files.PrepareAsync(id, assignment.Job, stop).GetAwaiter().GetResult();
            context = new AttemptContext(id, assignment, _node, _stores.Of(assignment.Job.User), directory, errors, progress, stop);
            var classes = _assemblies.ConfOf(id.Task.Job, assignment.Job, _files.Shipped(id.Task.Job, assignment.Job.User));
            if (id.Task.Kind == TaskKind.Reduce)
                new ReduceAttempt(context, feed!, _http, _time, classes).Run();
            else if (classes is null)
                new MapAttempt(context).Run(mapOutput);
            else
                new ClassMap(context, classes).Run(mapOutput);
            context.Counters.Add(errors.UserCounters.ToDictionary());
            succeeded = true;
            return new AttemptResult(true, "", new AttemptReport(
                context.Counters.ToDictionary(), _files.MapOutputsUrl(id.Task.Job)));
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
        catch (MapOutputsLostException e)
        {
            return new AttemptResult(false, e.Message, new AttemptReport(LostMapOutputs: e.Attempts));
        }
        catch (Exception e)
        {
            errors.Log(e is AttemptFailedException or RecordTooLongException or ProgramMissingException
                ? $"java.lang.RuntimeException: {e.Message}" : e.ToString());
            var debug = context is null ? null : DebugScript.Run(context, _files.LogDirectory(id), e.Message);
            if (context is not null && context.Conf.Bool(JobConf.KeepFailedFiles))
            {
                kept = true;
                _files.Keep(id.Task.Job);
                errors.Log($"{JobConf.KeepFailedFiles}: the working directory is kept: {context.WorkDirectory}");
            }
            return new AttemptResult(false, e.Message, new AttemptReport(
                LogTail: debug is null ? errors.Tail : $"{errors.Tail}\n{debug}"));
        }
        finally
        {
            if (directory is not null && !kept)
                JobFiles.Remove(directory);
            // What there was no room for as a whole would only take more of it.
            if (!succeeded && id.Task.Kind == TaskKind.Map)
                JobFiles.Remove(mapOutput);
        }
    }
}
