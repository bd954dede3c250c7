using System.Text;
using static Agora.Cli.Output;

namespace Agora.Cli;

/// <summary>What <c>agora top</c> shows of one moment, as lines that fit a terminal.</summary>
/// <param name="width">Columns that there are.</param>
/// <param name="height">Lines that there are; null for as many as it takes.</param>
/// <param name="colours">With ANSI colours.</param>
internal sealed class TopScreen(int width, int? height, bool colours)
{
    private const int BarWidth = 30, HeadLines = 5;

    public IReadOnlyList<string> Of(ClusterSnapshot s)
    {
        var live = s.Frameworks.Where(f => f.Condition != FrameworkCondition.Completed)
            .OrderByDescending(f => f.DominantShare).ThenBy(f => f.Info.Name, StringComparer.Ordinal).ToList();
        var lines = new List<string>
        {
            $"agora  {s.Time.ToLocalTime():HH:mm:ss}  {s.Agents.Count(a => a.Condition == AgentCondition.Active)} of {s.Agents.Count} agents active, " +
                $"{live.Count(f => f.Condition == FrameworkCondition.Active)} frameworks, {live.Sum(f => f.RunningTasks)} tasks, {s.Offers.Count} offers out",
            Gauge("cpus", s.Total.MilliCpus / 1000.0, s.Used.MilliCpus / 1000.0, s.Offered.MilliCpus / 1000.0, ""),
            Gauge("mem", s.Total.MemBytes >> 20, s.Used.MemBytes >> 20, s.Offered.MemBytes >> 20, " MiB"),
            "",
        };
        var room = height is { } most ? Math.Max(most - HeadLines - 2, 2) : int.MaxValue;
        var agents = s.Agents.OrderByDescending(a => Part(a.Used.MilliCpus, a.Info.Resources.MilliCpus)).ToList();
        // Half for each, and what one does not need for the other.
        var forFrameworks = Math.Min(live.Count, Math.Max(room / 2, room - agents.Count));
        lines.Add(Bold($"{"FRAMEWORK",-24} {"ROLE",-12} {"SHARE",5} {"FAIR",5}  {"",-BarWidth} {"CPUS",7} {"MEM MiB",8} {"TASKS",6} {"OFFERS",7}"));
        foreach (var f in live.Take(forFrameworks))
            lines.Add($"{Cut(f.Info.Name, 24),-24} {Cut(f.Info.Role, 12),-12} {Percent(f.DominantShare),5} {Percent(f.FairShare),5}  " +
                $"{Bar(f.DominantShare, 0)} {Cpus(f.Used),7} {Mib(f.Used),8} {f.RunningTasks,6} {f.OffersMade,7}");
        lines.Add(Bold($"{"AGENT",-24} {"STATE",-12} {"CPUS",5} {"MEM",5}  {"",-BarWidth} {"USED",7} {"MEM MiB",8} {"TASKS",6}"));
        foreach (var a in agents.Take(room == int.MaxValue ? room : Math.Max(room - forFrameworks, 0)))
        {
            var (cpus, mem) = (Part(a.Used.MilliCpus, a.Info.Resources.MilliCpus), Part(a.Used.MemBytes, a.Info.Resources.MemBytes));
            lines.Add($"{Cut(a.Info.Hostname, 24),-24} {a.Condition.ToString().ToLowerInvariant(),-12} {Percent(cpus),5} {Percent(mem),5}  " +
                $"{Bar(cpus, Part(a.Offered.MilliCpus, a.Info.Resources.MilliCpus))} {Cpus(a.Used),7} {Mib(a.Used),8} {a.Tasks,6}");
        }
        return [.. lines.Select(Fit)];
    }

    private string Gauge(string name, double total, double used, double offered, string unit) =>
        $"{name,-5} {Bar(Part(used, total), Part(offered, total))} {used:0.#} used, {offered:0.#} offered of {total:0.#}{unit}";

    /// <summary>What is held, then what is on offer.</summary>
    private string Bar(double held, double offered)
    {
        var first = (int)Math.Round(Math.Clamp(held, 0, 1) * BarWidth);
        var second = Math.Min((int)Math.Round(Math.Clamp(offered, 0, 1) * BarWidth), BarWidth - first);
        var (full, half, rest) = (new string('█', first), new string('▒', second), new string('·', BarWidth - first - second));
        return colours ? $"\e[32m{full}\e[33m{half}\e[90m{rest}\e[0m" : full + half + rest;
    }

    private string Bold(string line) => colours ? $"\e[1m{line}\e[0m" : line;

    private static double Part(double part, double whole) => whole > 0 ? part / whole : 0;

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    /// <summary>Cuts a line to the terminal's columns; colours take none.</summary>
    private string Fit(string line)
    {
        var (fitted, column) = (new StringBuilder(), 0);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e')
            {
                var end = line.IndexOf('m', i);
                fitted.Append(line, i, end - i + 1);
                i = end;
            }
            else if (column++ < width)
            {
                fitted.Append(line[i]);
            }
        }
        return fitted.ToString().TrimEnd();
    }
}
