using System.Globalization;
using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>One thing that a job waits for.</summary>
/// <param name="Kind">Such as <c>afterok</c>, <c>afteranyarray</c>, <c>on</c>, <c>synccount</c>.</param>
/// <param name="Parent">Null for <c>on</c> and <c>synccount</c>.</param>
/// <param name="Count">Of an array's elements, or of the jobs that are still to name this one; null for all elements.</param>
internal sealed record Dependency(string Kind, JobId? Parent, int? Count = null, bool IsMet = false)
{
    /// <summary>As the store has it; what is met has a <c>!</c> before it.</summary>
    public override string ToString() =>
        (IsMet ? "!" : "") + (Parent is { } parent ? $"{Kind}:{parent}{(Count is { } n ? $"[{n}]" : "")}" : $"{Kind}:{Count}");

    public static Dependency Parse(string text)
    {
        var isMet = text.StartsWith('!');
        var parts = text[(isMet ? 1 : 0)..].Split(':');
        if (parts[0] is "on" or "synccount")
            return new Dependency(parts[0], null, int.Parse(parts[1], CultureInfo.InvariantCulture), isMet);
        var (id, count) = SplitCount(parts[1]);
        return JobId.TryParse(id, out var parent, out _)
            ? new Dependency(parts[0], parent, count, isMet)
            : throw new FormatException($"no dependency: {text}");
    }

    /// <summary>Takes the number off <c>17[][3]</c> and <c>17[].host[3]</c>.</summary>
    public static (string Id, int? Count) SplitCount(string text) =>
        text.EndsWith(']') && text.LastIndexOf('[') is var at and > 0 && text.IndexOf("[]", 0, at, StringComparison.Ordinal) > 0 &&
        int.TryParse(text.AsSpan(at + 1, text.Length - at - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (text[..at], count)
            : (text, null);
}

/// <summary>A job that waits for this one, as the attribute <c>depend</c> shows it: <c>beforeok:21.host</c>.</summary>
internal sealed record Mirror(string Kind, JobId Child);
