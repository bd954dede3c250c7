using Agora.Torque.Server.Service;

const string Usage = """
    agora-torque-server --master URL[,URL...] --state DIR [--port N] [--address HOST] [--role ROLE] [--linger SECONDS]
                        [--slots-min N] [--acl-roots root[@HOST]] [--mail-command PATH] [--mom PATH]

    The batch server: takes jobs of qsub, holds nodes of the cluster while there are any, and runs them there.

      --master        the cluster's masters
      --state         where the queue, logs and the socket for commands are; jobs outlive the server there
      --port          TCP port that moms connect to (default: the one it had before, else any)
      --address       address of this machine that agents reach (default 127.0.0.1)
      --role          whose guaranteed allocation is never exceeded (default torque)
      --linger        how long slots without work are kept (default 5)
      --slots-min     slots that are kept even so (default 0)
      --acl-roots     lets root submit jobs, for a queue that is made anew
      --mail-command  called as sendmail is, for mails about jobs (default: none are sent)

    It prints 'ready URL' once it can be used, and ends on SIGTERM; running jobs go on.
    """;

try
{
    if (args is ["--help" or "-h" or "help"])
    {
        Console.WriteLine(Usage);
        return 0;
    }
    return await ServerProgram.RunAsync(new Arguments(args));
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}\n\n{Usage}");
    return 2;
}
catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}");
    return 1;
}
