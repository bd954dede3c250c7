namespace Agora.Torque.Cli.Show;

/// <summary>Numbers of jobs by state, from the attribute <c>state_count</c>: <c>Transit:0 Queued:4 …</c>.</summary>
internal static class StateCount
{
    /// <returns>As it is written; <c>0</c> where it is not.</returns>
    public static string Of(string? counts, string state)
    {
        foreach (var part in (counts ?? "").Split(' '))
        {
            if (part.Length > state.Length && part[state.Length] == ':' && part.StartsWith(state, StringComparison.Ordinal))
                return part[(state.Length + 1)..];
        }
        return "0";
    }

    public static int Sum(string? counts, params ReadOnlySpan<string> states)
    {
        var sum = 0;
        foreach (var state in states)
            sum += int.TryParse(Of(counts, state), out var count) ? count : 0;
        return sum;
    }
}
