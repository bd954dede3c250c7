using System.Text.RegularExpressions;

namespace Agora.Tests.Live.Torque;

/// <summary>Makes what a real Torque printed and what Agora prints the same in what has to differ: names, times, measures.</summary>
internal static partial class RecordedText
{
    private const string User = "alice", Server = "vm", Home = "/home/alice";

    /// <param name="user">The account that the commands were run by here.</param>
    /// <param name="home">Its home directory.</param>
    public static string OfHere(string text, string user, string home)
    {
        var host = Environment.MachineName;
        text = text.Replace(home, Home, StringComparison.Ordinal);
        // In tables, the column keeps its width, and a name too long for it is cut off.
        text = Regex.Replace(text, $@"^(\d+(?:\[\d*\])?\.){Regex.Escape(host)}( +)", m => m.Groups[1].Value + Column(Server, host, m.Groups[2].Value),
            RegexOptions.Multiline);
        foreach (var name in new[] { user, user[..Math.Min(user.Length, 11)] })
        {
            text = Regex.Replace(text, $@"^(\d+(?:\[\d*\])?\.\S+ .*?)\b{Regex.Escape(name)}( +)", m => m.Groups[1].Value + Column(User, name, m.Groups[2].Value),
                RegexOptions.Multiline);
        }
        text = Regex.Replace(text, $@"^{Regex.Escape(host)}( {{2,}})", m => Column(Server, host, m.Groups[1].Value), RegexOptions.Multiline);
        text = Regex.Replace(text, $@"\b{Regex.Escape(user)}\b", User);
        return Regex.Replace(text, $@"(?<![\w/]){Regex.Escape(host)}\b(?!\.)", Server);
    }

    private static string Column(string name, string other, string blanks) =>
        name + new string(' ', Math.Max(1, blanks.Length + other.Length - name.Length));

    /// <summary>Without what is never the same twice; for both sides.</summary>
    public static string Timeless(string text)
    {
        text = NodeStatus().Replace(text, "$1<status>");
        text = CTime().Replace(text, "<time>");
        text = StartedOn().Replace(text, "<day>");
        text = LogStamp().Replace(text, "<stamp>");
        text = Epoch().Replace(text, "<epoch>");
        text = Measure().Replace(text, "$1<measure>");
        text = XmlMeasure().Replace(text, "<$1>...</$1>");
        text = Spool().Replace(text, "<spool>/");
        text = Node().Replace(text, "<node>/");
        text = Pid().Replace(text, " <pid> $1");
        text = Elapsed().Replace(text, "$1 <session>$2<elapsed>");
        // Those of the environment that the commands were called in; a host called by its loopback name.
        text = SubmitEnvironment().Replace(text, "");
        return text.Replace("@localhost", "@vm", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b")]
    private static partial Regex CTime();

    [GeneratedRegex(@"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d at \d\d:\d\d\b")]
    private static partial Regex StartedOn();

    [GeneratedRegex(@"\b\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(\.\d{3})?")]
    private static partial Regex LogStamp();

    [GeneratedRegex(@"\b1\d{9}\b")]
    private static partial Regex Epoch();

    [GeneratedRegex(@"((?:resources_used\.\w+|session_id|Walltime\.Remaining|total_runtime|mtime) ?= ?|session=|PBS_JOBCOOKIE=|PBS_MOMPORT=|PBS_VERSION=|next=)\S+")]
    private static partial Regex Measure();

    [GeneratedRegex(@"<(cput|energy_used|mem|vmem|walltime|session_id|Remaining|total_runtime|mom_service_port|mom_manager_port)>[^<]*</\1>")]
    private static partial Regex XmlMeasure();

    [GeneratedRegex(@"\b(?:n|node)\d+/")]
    private static partial Regex Node();

    [GeneratedRegex(@"/\S*?/(?:mom_priv/jobs|aux|jobs/\d+(?:\[\d*\])?\.\w+)/+(?=\d)")]
    private static partial Regex Spool();

    [GeneratedRegex(@" +\d+ (Killed|Segmentation fault)\b")]
    private static partial Regex Pid();

    [GeneratedRegex(@"^(\S+ +alice +batch +\S+) +\d+( .* R  )\d\d:\d\d:\d\d", RegexOptions.Multiline)]
    private static partial Regex Elapsed();

    [GeneratedRegex(@"(\bstatus = |<status>)opsys=linux,[^<\n]*")]
    private static partial Regex NodeStatus();

    [GeneratedRegex(@"PBS_O_(?:PATH|MAIL|LANG|TZ)=[^,\n<]*,")]
    private static partial Regex SubmitEnvironment();
}
