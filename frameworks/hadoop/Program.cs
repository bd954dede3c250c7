using Agora.Hadoop;
using Agora.Hadoop.Submission;

const string Usage = """
    agora-hadoop store       --root DIR --nodes HOST,HOST,... [--port N] [--block-size 64m] [--replication 1]
                             [--master URL[,URL...] [--dead-after SECONDS]] [--sync-on-close true|false]
                             the embedded file store, as WebHDFS on the loopback interface
    agora-hadoop jobtracker  --master URL[,URL...] --store URL [--state DIR] [--port N] [--role ROLE]
                             [--scheduling fair|fifo] [--pools NAME=WEIGHT,...] [--identifier YYYYMMDDHHMM]
                             accepts jobs and schedules their tasks on the cluster's offers; with --state, jobs
                             outlive it and go on when it is started again; --identifier begins job ids instead of the
                             present minute: JobTrackers that share a store need different ones
    agora-hadoop tasktracker --store URL [--idle SECONDS]
                             runs the tasks on one node; started by an agent, not by hand; ends when it has had
                             nothing to run for a while (30 s)

    agora-hadoop run         ASSEMBLY|--examples [CLASS] [ARGUMENT...]
                             runs a program that submits jobs; 'hadoop jar' starts it
    agora-hadoop dumptb      PATTERN
    agora-hadoop loadtb      PATH
                             typed bytes from files, and from standard input into one; 'hadoop jar' starts them

    A service prints 'ready URL' once it can be used, and ends on SIGTERM.
    """;

try
{
    return args switch
    {
        ["store", .. var rest] => await Commands.StoreAsync(rest),
        ["jobtracker", .. var rest] => await Commands.JobTrackerAsync(rest),
        ["run", "--examples", .. var rest] =>
            await RunCommand.RunAsync(Path.Combine(AppContext.BaseDirectory, RunCommand.Examples), rest),
        ["run", var path, .. var rest] => await RunCommand.RunAsync(path, rest),
        ["dumptb", .. var rest] => await TypedBytesCommand.DumpAsync(rest),
        ["loadtb", .. var rest] => await TypedBytesCommand.LoadAsync(rest),
        ["tasktracker", .. var rest] => await Commands.TaskTrackerAsync(rest),
        ["--help" or "-h" or "help"] => Print(Console.Out, 0),
        _ => Print(Console.Error, 2),
    };
}
catch (UsageException e)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}\n\n{Usage}");
    return 2;
}
catch (IOException e)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}");
    return 1;
}

static int Print(TextWriter to, int code)
{
    to.WriteLine(Usage);
    return code;
}
