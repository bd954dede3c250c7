using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Service;

/// <summary>
/// What the JobTracker does to a job's output directory. Each step may be repeated: a second time it finds its work
/// done.
/// </summary>
internal static class JobOutput
{
    /// <exception cref="SubmissionRefusedException">It is there already.</exception>
    /// <param name="job">The job asked for: that it has begun there already is no hindrance.</param>
    public static async Task CheckFreeAsync(StoredPath output, JobId job)
    {
        if (await output.Store.StatAsync(output.Path) is not null && await output.Store.StatAsync(Mark(output, job)) is null)
            throw new SubmissionRefusedException(RefusalKind.OutputExists, $"Output directory {output} already exists");
    }

    public static Task SetUpAsync(StoredPath output, JobId job) => output.Store.MakeDirectoriesAsync(Mark(output, job));

    public static async Task WriteHistoryAsync(StoredPath output, JobHistory history)
    {
        var directory = $"{output.Path}/{OutputPaths.History}";
        await WriteAsync($"{directory}/{history.ConfFileName}", history.ConfText);
        await WriteAsync($"{directory}/{history.FileName}", history.Text);

        Task WriteAsync(string path, string text) => output.Store.CreateAsync(path, new CreateOptions(Overwrite: true),
            (stream, stop) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask());
    }

    /// <summary>Moves an attempt's files into the output directory.</summary>
    /// <param name="mayBeEmpty">The output format does not always make a file.</param>
    public static async Task CommitAttemptAsync(StoredPath output, AttemptId attempt, bool mayBeEmpty)
    {
        var temporary = OutputPaths.OfAttempt(output.Path, attempt);
        if (await output.Store.StatAsync(temporary) is null)
        {
            // Committed before; only a part that was to be made must be there.
            var part = OutputPaths.PartName(attempt.Task.Index);
            if (!mayBeEmpty && !(await output.Store.ListAsync(output.Path)).Any(f => f.Name.StartsWith(part, StringComparison.Ordinal)))
                throw new FileNotFoundException($"neither {temporary} nor {part} is there");
            return;
        }
        foreach (var file in await output.Store.ListAsync(temporary))
            await MoveAsync(output.Store, file.Path, $"{output.Path}/{file.Name}");
        await output.Store.DeleteAsync(temporary, recursive: true);
    }

    /// <summary>What is in the way is of an attempt whose commit broke off.</summary>
    private static async Task MoveAsync(IFileSystem store, string from, string to)
    {
        if (await store.RenameAsync(from, to))
            return;
        await store.DeleteAsync(to, recursive: false);
        if (!await store.RenameAsync(from, to))
            throw new StorageException($"{from} could not be renamed to {to}");
    }

    public static async Task CommitAsync(StoredPath output)
    {
        await output.Store.CreateAsync($"{output.Path}/{OutputPaths.Success}",
            new CreateOptions(Overwrite: true), (_, _) => Task.CompletedTask);
        await AbortAsync(output);
    }

    public static Task AbortAsync(StoredPath output) =>
        output.Store.DeleteAsync($"{output.Path}/{OutputPaths.Temporary}", recursive: true);

    /// <summary>A directory that says whose output this is going to be.</summary>
    private static string Mark(StoredPath output, JobId job) => $"{output.Path}/{OutputPaths.Temporary}/{job}";
}

/// <summary>A job cannot be taken as it was submitted.</summary>
internal sealed class SubmissionRefusedException(RefusalKind kind, string message) : Exception(message)
{
    public RefusalKind Kind { get; } = kind;
}
