using System.Security.Cryptography;
using Agora.Hadoop.Cli;
using Agora.Hadoop.Jobs;
using Agora.MapReduce;
using Agora.Storage;

namespace Agora.Hadoop.Submission;

/// <summary>A job on the cluster, as the program that submitted it sees it.</summary>
internal sealed class ClusterJob(Cli.JobClient client, JobStatus status) : MapReduce.RunningJob
{
    private JobStatus _status = status;

    public override string JobId => _status.JobId;
    public override bool IsComplete => _status.State is JobState.Succeeded or JobState.Failed or JobState.Killed;
    public override bool IsSuccessful => _status.State == JobState.Succeeded;
    public override double MapProgress => _status.MapProgress;
    public override double ReduceProgress => _status.ReduceProgress;
    public override string? FailureInfo => _status.FailureInfo;
    public override string? FailureLog => _status.FailureLog;
    public override MapReduce.Counters Counters => new(_status.Counters);

    /// <exception cref="JobRefusedException">The JobTracker does not take it.</exception>
    public static async Task<ClusterJob> SubmitAsync(JobPackage package, Stores stores, Cli.JobClient client)
    {
        var user = Environment.UserName;
        var id = await client.ReserveAsync();
        var staging = OutputPaths.Staging(user, id);
        List<ShippedFile> files = [];
        foreach (var file in package.Files)
        {
            files.Add(new ShippedFile(file.InStore ? stores.Find(file.Path).ToString()
                : await ShipAsync(stores.Default, user, file.Path), file.Name, file.Unpack));
        }
        await package.StoreSplitsAsync(new StoredPath(stores.Default, staging + "/splits"));
        var (accepted, refusal) = await client.SubmitAsync(id, new JobSubmission(user, package.Conf, files));
        if (accepted is null)
        {
            ConsoleLog.Info("mapred.JobClient", $"Cleaning up the staging area {stores.Default.Prefix}{staging}");
            await stores.Default.DeleteAsync(staging, recursive: true);
            throw new JobRefusedException(refusal!.Message);
        }
        if (package.Splits is null)
            ConsoleLog.Info("input.FileInputFormat", $"Total input paths to process : {accepted.InputPaths}");
        return new ClusterJob(client, await client.StatusAsync(id.ToString()) ?? throw Gone(id.ToString()));
    }

    public override void Refresh(TimeSpan patience) =>
        _status = client.StatusAsync(JobId, _status.Version, patience).GetAwaiter().GetResult() ?? throw Gone(JobId);

    public override void KillJob() => client.KillAsync(JobId).GetAwaiter().GetResult();

    /// <summary>Stores a file under a name made from its content, once for all jobs that ship it.</summary>
    private static async Task<string> ShipAsync(IFileSystem store, string user, string path)
    {
        var content = await File.ReadAllBytesAsync(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var target = $"/tmp/hadoop-{user}/mapred/shared/{hash}/{Path.GetFileName(path)}";
        if (await store.StatAsync(target) is null)
            await store.CreateAsync(target, new CreateOptions(Overwrite: true),
                async (stream, stop) => await stream.WriteAsync(content, stop));
        return new StoredPath(store, target).ToString();
    }

    private static IOException Gone(string id) => new($"{id} is not known to the JobTracker any more");
}
