using System.Text.Json;

namespace Agora.Workloads.Isolation;

/// <summary>What became of a task that uses more memory than it asked for.</summary>
/// <param name="Message">For people.</param>
internal sealed record EaterResult(string State, string Reason, string Message, double PeakMib)
{
    /// <summary>Of the task of that name, from what <c>agora tasks --json</c> prints.</summary>
    public static EaterResult Parse(string tasks, string name)
    {
        const int mib = 1 << 20;
        using var document = JsonDocument.Parse(tasks);
        var task = document.RootElement.EnumerateArray().Last(t => t.GetProperty("name").GetString() == name);
        var last = task.GetProperty("history").EnumerateArray().Last();
        return new EaterResult(task.GetProperty("state").GetString()!, last.GetProperty("reason").GetString()!, last.GetProperty("message").GetString()!,
            last.TryGetProperty("usage", out var usage) ? usage.GetProperty("memPeakBytes").GetInt64() / (double)mib : 0);
    }
}
