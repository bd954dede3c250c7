using System.Globalization;
using Agora.RemoteShell;

namespace Agora.Mpi.Launch;

/// <summary><c>agora-rsh [-OPTION…] HOST COMMAND…</c>, as MPI libraries call <c>rsh</c> and <c>ssh</c>.</summary>
internal static class RemoteShellProgram
{
    private const int Failed = 255;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var words = arguments.SkipWhile(a => a.StartsWith('-')).ToArray();
        if (words.Length < 2)
        {
            await Console.Error.WriteLineAsync("usage: agora-rsh HOST COMMAND…");
            return Failed;
        }
        var parent = Parent();
        try
        {
            var path = Environment.GetEnvironmentVariable(RemoteHosts.Variable)
                ?? throw new RemoteShellException($"{RemoteHosts.Variable} is not set: it runs within a job only");
            // A user may stand before the name; a job has one.
            var host = words[0][(words[0].IndexOf('@', StringComparison.Ordinal) + 1)..];
            return await RemoteShellClient.RunAsync(
                RemoteHosts.Load(path).Find(host) ?? throw new RemoteShellException($"{host} is not one of this job's hosts"),
                // As rsh does it: one line for the shell there. Quotes are in the words already.
                string.Join(' ', words[1..]));
        }
        catch (Exception e) when (e is RemoteShellException or IOException or InvalidDataException)
        {
            // Hydra waits for ever for a proxy that does not come; told so, it ends all others. If it is gone, that is why.
            if (Parent() == parent)
            {
                await Console.Error.WriteLineAsync($"agora-rsh: {e.Message}");
                Tell(e.Message);
                Native.Kill(parent, Native.SigTerm);
            }
            return Failed;
        }
    }

    /// <summary>Tells the job, which would see no more than that its library was asked to end.</summary>
    private static void Tell(string failure)
    {
        if (Environment.GetEnvironmentVariable(RemoteHosts.Variable) is not { } path)
            return;
        try
        {
            File.AppendAllText(JobDirectory.FailuresBeside(path), failure + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The job is gone.
        }
    }

    private static int Parent()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
