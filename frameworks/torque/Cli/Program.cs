using System.Text;
using Agora.Torque.Cli;
using Agora.Torque.Cli.Server;
using Agora.Torque.Cli.Submit;

// One program under many names, so that it is compiled once: qsub, qstat, ... or the name as the first argument.
var name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
if (name == "agora-torque" && args.Length > 0)
    (name, args) = (args[0], args[1..]);
var host = Environment.MachineName;
var servers = new SocketConnector(Environment.GetEnvironmentVariable, host);
var output = new StreamWriter(new OutputStream(1), new UTF8Encoding(false), bufferSize: 1 << 16);
var error = new StreamWriter(new OutputStream(2, isLastResort: true), new UTF8Encoding(false), bufferSize: 1 << 10) { AutoFlush = true };
var context = new CommandContext
{
    Command = name,
    Out = output,
    Error = error,
    OpenInput = ProcessEnvironment.OpenInput,
    Variable = Environment.GetEnvironmentVariable,
    Variables = ProcessEnvironment.All,
    Directory = ProcessEnvironment.Directory,
    Host = host,
    User = Environment.UserName,
    Now = DateTimeOffset.UtcNow,
    Servers = servers,
    ConnectTries = CommandTable.ConnectTriesOf(name),
};
try
{
    var exitCode = Run();
    output.Flush();
    return exitCode;
}
catch (IOException e)
{
    context.Say(e.Message);
    return 1;
}

int Run()
{
    try
    {
        if (CommandTable.Run(context, args, servers.StateDirectory, () => Terminal.IsThere) is { } exitCode)
            return exitCode;
        error.WriteLine($"agora-torque: '{name}' is none of its commands: {CommandTable.Names}");
        return 2;
    }
    catch (CommandFailure failure)
    {
        if (failure.Message.Length > 0)
            error.WriteLine(failure.Message);
        return failure.ExitCode;
    }
}
