using System.Text.RegularExpressions;
using Agora.Election;
using Agora.Sdk;

namespace Agora.Spark.Driver;

/// <summary>Where an application runs, as <c>spark.master</c> says it.</summary>
internal abstract partial record MasterUrl
{
    private MasterUrl()
    {
    }

    /// <summary>In the program's own process.</summary>
    /// <param name="TaskFailures">Failures of a task that fail its jobs.</param>
    public sealed record Local(int Cores, int TaskFailures) : MasterUrl;

    public sealed record Cluster(MasterLocation Masters) : MasterUrl;

    /// <exception cref="SparkException">It is none of these, or no cluster is there.</exception>
    public static MasterUrl Parse(string text)
    {
        if (text == "local")
            return new Local(1, 1);
        if (LocalForm().Match(text) is { Success: true } local)
        {
            var cores = local.Groups["cores"].Value == "*" ? Environment.ProcessorCount : int.Parse(local.Groups["cores"].Value);
            var failures = local.Groups["failures"] is { Success: true } given ? int.Parse(given.Value) : 1;
            return cores > 0 && failures > 0 ? new Local(cores, failures)
                : throw new SparkException($"'{text}' asks for no processor or no attempt; write local[2] or local[*]");
        }
        const string Scheme = "agora://";
        if (text == "agora")
        {
            return MasterAddress.Find(null) is { } own ? new Cluster(own)
                : throw new SparkException("no cluster is known: start one with 'agora up', or name its master as agora://host:port");
        }
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
            throw new SparkException($"'{text}' is no master: use local, local[4], local[*], agora, or agora://host:port");
        try
        {
            return new Cluster(MasterLocation.Parse(text[Scheme.Length..]));
        }
        catch (FormatException e)
        {
            throw new SparkException($"'{text}' is no master: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"^local\[(?<cores>\*|[0-9]{1,6})(,(?<failures>[0-9]{1,6}))?\]$")]
    private static partial Regex LocalForm();
}
