namespace Agora.Hadoop.Cli;

/// <summary>What <c>hadoop fs</c> says about itself.</summary>
internal static class FsHelp
{
    private const string OfLs = """
        -ls <path>: 	List the contents that match the specified file pattern. If
        		path is not specified, the contents of /user/<currentUser>
        		will be listed. Directory entries are of the form 
        			dirName (full path) <dir> 
        		and file entries are of the form 
        			fileName(full path) <r n> size 
        		where n is the number of replicas specified for the file 
        		and size is the size of the file, in bytes.

        """;

    private const string Generic = """

        Generic options supported are
        -conf <configuration file>     specify an application configuration file
        -D <property=value>            use value for given property
        -fs <local|namenode:port>      specify a namenode
        -jt <local|jobtracker:port>    specify a job tracker
        -files <comma separated list of files>    specify comma separated files to be copied to the map reduce cluster
        -libjars <comma separated list of jars>    specify comma separated jar files to include in the classpath.
        -archives <comma separated list of archives>    specify comma separated archives to be unarchived on the compute machines.

        The general command line syntax is
        bin/hadoop command [genericOptions] [commandOptions]

        """;

    /// <summary>The list of Hadoop 1's commands, on standard error.</summary>
    public static void WriteUsage()
    {
        Console.Error.WriteLine("Usage: java FsShell");
        foreach (var (name, command) in FsCommands.All.Where(c => c.Value.IsHadoop1))
        {
            // Hadoop forgot a blank there.
            var blank = name is "count" || command.Usage.Length == 0 ? "" : " ";
            Console.Error.WriteLine($"           [-{name}{blank}{command.Usage}]");
        }
        Console.Error.WriteLine(Generic);
    }

    public static string UsageOf(string name) => $"Usage: java FsShell [-{name} {FsCommands.All[name].Usage}]";

    public static Task<int> ShowAsync(FsCall call) => ShowAsync(call, (name, command) =>
        name == "ls" ? OfLs : $"-{name} {command.Usage}: \t{command.Summary}\n");

    public static Task<int> ShowUsageAsync(FsCall call) => ShowAsync(call, (name, _) => UsageOf(name));

    private static Task<int> ShowAsync(FsCall call, Func<string, FsCommand, string> text)
    {
        var code = 0;
        foreach (var operand in call.Operands.Count == 0 ? FsCommands.All.Keys : call.Operands)
        {
            var name = operand.TrimStart('-');
            if (FsCommands.All.TryGetValue(name, out var command))
            {
                Console.WriteLine(text(name, command));
                continue;
            }
            Console.Error.WriteLine($"{call.Name}: {name}: Unknown command");
            code = FsShell.Failure;
        }
        return Task.FromResult(code);
    }
}
