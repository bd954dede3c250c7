namespace Agora.Spark.Submit;

internal static class Help
{
    /// <summary>What spark-shell takes as well.</summary>
    public const string Options = """
        Options:
          --master MASTER_URL         local, local[K], local[*], local[K,F] (F attempts a task),
                                      agora://host:port, or agora for the cluster of 'agora up'
                                      (Default: local[*]).
          --name NAME                 A name of your application.
          --total-executor-cores NUM  Processors all its tasks together hold at most
                                      (also --total-cores; default: no bound).
          --executor-memory MEM       Memory of its executor on each agent, e.g. 1000M, 2G (Default: 1G).
          --driver-memory MEM         Memory of the program itself, e.g. 1000M, 2G (Default: no bound).
          --files FILES               Comma-separated list of files to be placed in the working directory
                                      of each executor; SparkFiles.Get(name) gives their paths.
          --role ROLE                 Role at the master whose share and guarantee the application uses.
          --conf, -c PROP=VALUE       Any of Spark's configuration properties that docs/sparklike.md lists.
          --properties-file FILE      Path to a file from which to load extra properties. If not
                                      specified, this will look for conf/spark-defaults.conf.
          --deploy-mode client        Accepted: programs run where they are submitted.
          --help, -h                  Show this help message and exit.
          --verbose, -v               Print additional debug output.
          --version                   Print the version.

        """;

    public const string Text = $"""
        Usage: spark-submit [options] <program.dll | program.cs | executable> [program arguments]

        {Options}
        What the program itself sets in its SparkConf comes before options, options before the properties file.

        Example:
          spark-submit --master 'local[2]' WordCount.dll book.txt

        """;
}
