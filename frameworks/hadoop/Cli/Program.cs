using System.Net.Sockets;
using Agora.Hadoop.Cli;

try
{
    return args switch
    {
        ["jar", .. var rest] => await JarCommand.RunAsync(rest),
        ["fs" or "dfs", .. var rest] => await FsShell.RunAsync(rest),
        ["dfsadmin", .. var rest] => await DfsAdmin.RunAsync(rest),
        ["fsck", .. var rest] => await DfsAdmin.CheckAsync(rest),
        ["job", .. var rest] => await JobCommand.RunAsync(rest),
        ["queue", .. var rest] => JobCommand.Queue(rest),
        ["version" or "-version" or "--version", ..] => Version(),
        [] or ["--help" or "-h" or "help", ..] => Usage(Console.Out, args.Length == 0 ? 1 : 0),
        _ => Unknown(args[0]),
    };
}
catch (ClusterMissingException e)
{
    Console.Error.WriteLine($"hadoop: {e.Message}");
    return 255;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"hadoop: {e.Message}");
    return 255;
}
catch (IOException e)
{
    Console.Error.WriteLine($"hadoop: {e.Message}");
    return 255;
}
catch (Exception e) when (e is HttpRequestException or SocketException)
{
    Console.Error.WriteLine($"hadoop: the cluster's Hadoop services are not reached: {e.Message}");
    return 255;
}

static int Version()
{
    Console.WriteLine("Hadoop 1.0.3");
    Console.WriteLine($"Agora {typeof(JarCommand).Assembly.GetName().Version?.ToString(3)}");
    return 0;
}

static int Unknown(string command)
{
    Console.Error.WriteLine($"hadoop: '{command}' is not a command here");
    return Usage(Console.Error, 1);
}

static int Usage(TextWriter to, int code)
{
    to.WriteLine("""
        Usage: hadoop COMMAND
        where COMMAND is one of:
          fs | dfs             run a file system command: 'hadoop fs' lists them
          dfsadmin             '-report' on the store's nodes, '-safemode get'
          fsck <path>          check a path of the store: -files -blocks -locations
          jar <jar> [args]     run a job: the jar's name says which, hadoop-streaming*.jar for streaming
          job                  look at and kill jobs: 'hadoop job' lists the options
          queue                list the job queues
          version              print the version
        """);
    return code;
}
