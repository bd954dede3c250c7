using System.Globalization;
using Agora.RemoteShell;

namespace Agora.Mpi.Launch;

/// <summary>
/// <c>agora-rsh HOST COMMAND…</c>, as MPI libraries call <c>rsh</c> and <c>ssh</c>; and under the names of those themselves,
/// as scripts in batch jobs call them.
/// </summary>
internal static class RemoteShellProgram
{
    /// <summary>The name for MPI libraries.</summary>
    private const string OwnName = "agora-rsh";

    private const int Failed = 255;

    /// <param name="name">What it is called as.</param>
    public static async Task<int> RunAsync(string name, string[] arguments)
    {
        var isOwn = name == OwnName;
        var call = ShellCommandLine.Parse(arguments);
        if (!isOwn && (call is null || FindHost(call.Host) is null))
            return BecomeReal(name, arguments, call?.Host);
        if (call is null || (isOwn && call.Words.Count == 0))
        {
            await Console.Error.WriteLineAsync($"usage: {OwnName} HOST COMMAND…");
            return Failed;
        }
        var parent = Parent();
        try
        {
            if (Environment.GetEnvironmentVariable(RemoteHosts.Variable) is not { Length: > 0 })
                throw new RemoteShellException($"{RemoteHosts.Variable} is not set: it runs within a job only");
            var host = FindHost(call.Host) ?? throw new RemoteShellException($"{call.Host} is not one of this job's hosts");
            // By ssh a command begins at home; a library's begins where the library is.
            if (!isOwn && Environment.GetEnvironmentVariable("HOME") is { } home && Directory.Exists(home))
                Environment.CurrentDirectory = home;
            // As rsh does it: one line for the shell there. Quotes are in the words already.
            var line = call.Words.Count > 0 ? string.Join(' ', call.Words) : "exec \"${SHELL:-/bin/sh}\" -l";
            return await RemoteShellClient.RunAsync(host, line, hasInput: !call.HasNoInput);
        }
        catch (Exception e) when (e is RemoteShellException or IOException or InvalidDataException)
        {
            if (!isOwn)
            {
                await Console.Error.WriteLineAsync($"{name}: {e.Message}");
            }
            else if (Parent() == parent)
            {
                // Hydra waits for ever for a proxy that does not come; told so, it ends all others. If it is gone, that is why.
                await Console.Error.WriteLineAsync($"{OwnName}: {e.Message}");
                Tell(e.Message);
                Native.Kill(parent, Native.SigTerm);
            }
            return Failed;
        }
    }

    /// <summary>By its name, the name without its domain, or its address where no other has it.</summary>
    /// <exception cref="IOException">The list of hosts cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such list.</exception>
    private static RemoteHost? FindHost(string name)
    {
        if (Environment.GetEnvironmentVariable(RemoteHosts.Variable) is not { Length: > 0 } path)
            return null;
        var hosts = RemoteHosts.Load(path);
        return hosts.Find(name) ?? Only(hosts, h => h.Name.Split('.')[0] == name) ?? Only(hosts, h => h.Address == name);
    }

    private static RemoteHost? Only(RemoteHosts hosts, Func<RemoteHost, bool> isMeant) =>
        hosts.Hosts.Where(isMeant).ToList() is [var one] ? one : null;

    /// <summary>For hosts outside the job: the program of that name that this one stands before.</summary>
    private static int BecomeReal(string name, string[] arguments, string? host)
    {
        if (ProgramLookup.Candidates(name).Where(ProgramLookup.IsProgram).FirstOrDefault(p => ProgramLookup.Real(p) != Environment.ProcessPath) is { } real)
            Native.Become(real, [name, .. arguments]);
        Console.Error.WriteLine(host is null ? $"usage: {name} HOST COMMAND…" : $"{name}: {host} is not one of this job's hosts, and there is no other {name} here");
        return Failed;
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
