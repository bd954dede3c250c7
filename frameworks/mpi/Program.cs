using Agora.Mpi.Host;
using Agora.Mpi.Launch;
using Agora.RemoteShell;
using Agora.Sdk;

// One program under several names, so that it is compiled and loaded once: mpiexec, mpirun, agora-rsh, and what they start.
var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
try
{
    return (name, args) switch
    {
        ("agora-rsh" or "ssh" or "rsh" or "pbs_tmrsh", _) => await RemoteShellProgram.RunAsync(name, args),
        ("agora-mpi", ["host"]) => await HostAsync(),
        ("agora-mpi", ["session", var commandLine]) => RemoteSession.Run(commandLine),
        ("agora-mpi", ["rank", .. { Length: > 0 } command]) => RankProgram.Run(command),
        _ => await MpiCommand.RunAsync(args),
    };
}
catch (MpiFailure failure)
{
    failure.Print();
    return failure.ExitCode;
}

static async Task<int> HostAsync()
{
    HostNamespaces.Enter(Environment.ProcessPath!, ["host"]);
    await using var host = new MpiHost([Environment.ProcessPath!, "session"]);
    var options = ExecutorDriverOptions.FromEnvironment() with { Session = MpiHost.Session };
    return await new ExecutorDriver(host, options: options).RunAsync();
}
