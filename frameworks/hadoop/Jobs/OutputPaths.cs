namespace Agora.Hadoop.Jobs;

/// <summary>Where a job's output goes before and after it is committed, below the output directory.</summary>
public static class OutputPaths
{
    public const string Temporary = "_temporary", Success = "_SUCCESS", History = "_logs/history";

    /// <summary>What an attempt writes, until it is committed.</summary>
    public static string OfAttempt(string output, AttemptId attempt) => $"{output}/{Temporary}/_{attempt}";

    public static string PartName(int task) => $"part-{task:D5}";

    /// <summary>Where the submitting command puts a job's shipped files; removed when the job has ended.</summary>
    public static string Staging(string user, JobId job) => $"/tmp/hadoop-{user}/mapred/staging/{user}/.staging/{job}";
}
