using System.Text;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>How far a terminal's jobs are: a line for all stages that run, written over and over.</summary>
internal static class ProgressLine
{
    private const int WidthMin = 20;

    /// <summary>As Spark's: <c>[Stage 3:======&gt;      (12 + 2) / 24]</c>, tasks done, running, all.</summary>
    /// <param name="width">Columns of the terminal.</param>
    public static string Of(IReadOnlyList<StageView> stages, int width)
    {
        StageView[] running = [.. stages.Where(s => s.Phase == StagePhase.Running).OrderBy(s => s.Id).Take(3)];
        if (running.Length == 0)
            return "";
        var each = Math.Max(width / running.Length, WidthMin);
        var line = new StringBuilder();
        foreach (var stage in running)
        {
            var (head, tail) = ($"[Stage {stage.Id}:", $"({stage.Done} + {stage.Running}) / {stage.Tasks}]");
            var room = Math.Max(each - head.Length - tail.Length - 1, 0);
            var done = stage.Tasks == 0 ? 0 : (int)((long)room * stage.Done / stage.Tasks);
            line.Append(head).Append('=', done).Append(room > done ? ">" : "").Append(' ', Math.Max(room - done - 1, 0)).Append(tail);
        }
        return line.Length > width && width > 0 ? line.ToString(0, width) : line.ToString();
    }
}
