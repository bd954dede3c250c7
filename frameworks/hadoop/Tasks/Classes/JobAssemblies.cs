using System.Collections.Concurrent;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Classes;

/// <summary>The loaded assemblies of the jobs that run on this node, loaded once for each.</summary>
internal sealed class JobAssemblies
{
    /// <summary>Names the file that holds a job's classes, among the shipped ones; only jobs of classes have it.</summary>
    public const string Property = "agora.job.assembly";

    private readonly ConcurrentDictionary<JobId, Lazy<JobAssembly>> _loaded = [];

    /// <summary>The job as its classes see it; null if it is one of commands.</summary>
    public MapReduce.JobConf? ConfOf(JobId job, JobSubmission submission, string shippedFiles)
    {
        if (submission.Conf.GetValueOrDefault(Property) is not { } name)
            return null;
        var assembly = _loaded.GetOrAdd(job, _ => new Lazy<JobAssembly>(
            () => JobAssembly.Load(Path.Combine(shippedFiles, name), collectible: true))).Value;
        return new MapReduce.JobConf(submission.Conf, assembly.Find);
    }

    public void Forget(JobId job)
    {
        if (_loaded.TryRemove(job, out var assembly) && assembly.IsValueCreated)
            assembly.Value.Unload();
    }
}
