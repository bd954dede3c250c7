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
// Written straight to the descriptors: the console's own writers cost more time than a whole qsub.
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), bufferSize: 1 << 16);
using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false), bufferSize: 1 << 10) { AutoFlush = true };
var context = new CommandContext
{
    Command = name,
    Out = output,
    Error = error,
    OpenInput = Console.OpenStandardInput,
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
    if (CommandTable.Run(context, args, servers.StateDirectory, () => Terminal.IsThere) is { } exitCode)
        return exitCode;
    error.WriteLine($"agora-torque: '{name}' is none of its commands: {CommandTable.Names}");
    return 2;
}
catch (CommandFailure failure)
{
    output.Flush();
    if (failure.Message.Length > 0)
        error.WriteLine(failure.Message);
    return failure.ExitCode;
}
catch (IOException e)
{
    error.WriteLine($"{name}: {e.Message}");
    return 1;
}
