using System.Collections.Concurrent;
using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// A node's directories of jobs: shipped files, fetched once for each job, and below it a directory for each attempt,
/// laid out as Hadoop's TaskTracker does.
/// </summary>
internal sealed class JobFiles(Node node, UserStores stores)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _fetched = new(StringComparer.Ordinal);

    /// <summary>Jobs of which an attempt's files are to be looked at.</summary>
    private readonly ConcurrentDictionary<string, bool> _kept = new(StringComparer.Ordinal);

    /// <summary>Makes an attempt's working directory, with links to the job's shipped files and a <c>tmp</c>.</summary>
    /// <returns>The attempt's directory, which holds <c>work</c>.</returns>
    public async Task<string> PrepareAsync(AttemptId attempt, JobSubmission job, CancellationToken stop)
    {
        var name = attempt.Task.Job.ToString();
        var fetch = _fetched.GetOrAdd(name, _ => new Lazy<Task<string>>(() => FetchAsync(attempt.Task.Job, job)));
        string shipped;
        try
        {
            shipped = await fetch.Value.WaitAsync(stop);
        }
        catch when (fetch.Value.IsFaulted)
        {
            // The disk was full, or the store away: neither is for ever.
            _fetched.TryRemove(KeyValuePair.Create(name, fetch));
            throw;
        }
        var directory = Path.Combine(JobDirectory(attempt.Task.Job, job.User), attempt.ToString());
        var work = Path.Combine(directory, "work");
        Directory.CreateDirectory(Path.Combine(work, "tmp"));
        foreach (var file in job.Files)
            File.CreateSymbolicLink(Path.Combine(work, file.Name), Path.Combine(shipped, file.Name));
        return directory;
    }

    /// <summary>Where an attempt's <c>stderr</c> goes, and what a debug script says.</summary>
    public string LogDirectory(AttemptId attempt)
    {
        var directory = Path.Combine(node.LocalDirectory, "userlogs", attempt.Task.Job.ToString(), attempt.ToString());
        Directory.CreateDirectory(directory);
        return directory;
    }

    /// <summary>Where a job's shipped files are, once an attempt of it has been prepared.</summary>
    public string Shipped(JobId job, string user) => Path.Combine(JobDirectory(job, user), "jars");

    public string MapOutputs(JobId job) => Path.Combine(node.SharedDirectory, "hadoop", job.ToString());

    public string MapOutputsUrl(JobId job) => $"{node.SharedUrl}/hadoop/{job}";

    /// <summary>The job's files stay until the sandbox goes: attempts' directories have links to those it shipped.</summary>
    public void Keep(JobId job) => _kept[job.ToString()] = true;

    /// <summary>Removes everything of a job but its logs, and what is to be kept; those go with the sandbox.</summary>
    public void Forget(JobId job)
    {
        _fetched.TryRemove(job.ToString(), out _);
        Remove(MapOutputs(job));
        var users = Path.Combine(node.LocalDirectory, "taskTracker");
        if (!Directory.Exists(users) || _kept.TryRemove(job.ToString(), out _))
            return;
        foreach (var user in Directory.EnumerateDirectories(users))
            Remove(Path.Combine(user, "jobcache", job.ToString()));
    }

    public static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (IOException)
        {
            // A program that is still ending may write there; the sandbox's end takes the rest.
        }
        catch (UnauthorizedAccessException)
        {
            // The same, for what a program has locked against its owner.
        }
    }

    private string JobDirectory(JobId job, string user) =>
        Path.Combine(node.LocalDirectory, "taskTracker", user, "jobcache", job.ToString());

    private async Task<string> FetchAsync(JobId id, JobSubmission job)
    {
        var directory = Shipped(id, job.User);
        Directory.CreateDirectory(directory);
        foreach (var file in job.Files)
        {
            var from = stores.Of(job.User).Find(file.Path);
            var target = Path.Combine(directory, file.Name);
            if (file.Unpack)
            {
                Directory.CreateDirectory(target);
                target = Path.Combine(target, from.Path[(from.Path.LastIndexOf('/') + 1)..]);
            }
            await using (var source = await from.Store.OpenAsync(from.Path))
            await using (var copy = File.Create(target))
                await source.CopyToAsync(copy);
            if (file.Unpack)
                await Archive.UnpackAsync(target);
        }
        return directory;
    }
}
