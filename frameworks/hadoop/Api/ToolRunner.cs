using System.Xml.Linq;

namespace Agora.MapReduce;

/// <summary>A program that runs jobs, after Hadoop's generic options have been taken from its arguments.</summary>
public interface ITool
{
    /// <returns>The exit code.</returns>
    int Run(JobConf conf, string[] args);
}

/// <summary>Runs tools: <c>static int Main(string[] args) =&gt; ToolRunner.Run(new WordCount(), args);</c></summary>
public static class ToolRunner
{
    public static int Run(ITool tool, string[] args)
    {
        var conf = new JobConf();
        return tool.Run(conf, GenericOptions.Parse(conf, args));
    }
}

/// <summary>
/// The options that come first for every Hadoop program: <c>-D name=value</c>, <c>-conf file</c>, <c>-jt local</c>,
/// <c>-fs hdfs://host:port</c>, <c>-files a,b#name</c>, <c>-archives a.zip#dir</c>, <c>-libjars a.dll,b.dll</c>.
/// </summary>
public static class GenericOptions
{
    /// <returns>The arguments that are left.</returns>
    /// <exception cref="ArgumentException">An option lacks its value, or names no store.</exception>
    public static string[] Parse(JobConf conf, string[] args)
    {
        var rest = Take(conf, args);
        if (conf.Get(JobConf.DefaultStore) is { } store)
            JobClient.Host.UseStore(store);
        return rest;
    }

    private static string[] Take(JobConf conf, string[] args)
    {
        var i = 0;
        for (; i < args.Length && args[i].StartsWith('-'); i++)
        {
            switch (args[i])
            {
                case "-D":
                    Define(conf, Value());
                    break;
                case "-conf":
                    foreach (var property in XDocument.Load(Value()).Descendants("property"))
                        if ((string?)property.Element("name") is { } name && (string?)property.Element("value") is { } value)
                            conf.Set(name.Trim(), value.Trim());
                    break;
                case "-jt":
                    conf.Set(JobConf.JobTrackerAddress, Value());
                    break;
                case "-files":
                    conf.Set(JobConf.Files, Value());
                    break;
                case "-libjars":
                    conf.Set(JobConf.Libraries, Value());
                    break;
                case "-archives":
                    conf.Set(JobConf.Archives, Value());
                    break;
                case "-fs":
                    conf.Set(JobConf.DefaultStore, Value());
                    break;
                case var define when define.StartsWith("-D", StringComparison.Ordinal) &&
                    define.Contains('=', StringComparison.Ordinal):
                    Define(conf, define[2..]);
                    break;
                default:
                    return args[i..];
            }
        }
        return args[i..];

        string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
    }

    private static void Define(JobConf conf, string definition)
    {
        var equals = definition.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new ArgumentException($"-D {definition} is not of the form name=value");
        conf.Set(definition[..equals], definition[(equals + 1)..]);
    }
}
