namespace Agora.Torque.Server.Queue;

/// <summary>In the order in which <c>state_count</c> lists them; suspended jobs are counted as running.</summary>
internal enum JobState
{
    Transit,
    Queued,
    Held,
    Waiting,
    Running,
    Exiting,
    Complete,
}

/// <summary>Why a job is held.</summary>
[Flags]
internal enum Holds
{
    None = 0,
    User = 1,
    Operator = 2,
    System = 4,
}

/// <summary>What a running job is to become once its mom has ended it.</summary>
internal enum Ending
{
    None,
    Delete,
    Rerun,
}

internal static class HoldLetters
{
    /// <summary>Null if there is another letter in it than <c>u o s n p</c>.</summary>
    public static Holds? Parse(string text)
    {
        var holds = Holds.None;
        foreach (var letter in text)
        {
            switch (letter)
            {
                case 'u': holds |= Holds.User; break;
                case 'o': holds |= Holds.Operator; break;
                case 's': holds |= Holds.System; break;
                case 'n' or 'p': break;
                default: return null;
            }
        }
        return holds;
    }

    /// <param name="depends">A dependency is shown as a hold of the system's.</param>
    /// <param name="beyondSlots">An element that its array's slot limit keeps back.</param>
    public static string Format(Holds holds, bool depends, bool beyondSlots) => (holds, depends, beyondSlots) switch
    {
        (Holds.None, false, false) => "n",
        (Holds.None, true, _) => "s",
        (Holds.None, false, true) => "l",
        (Holds.User, false, _) => "u",
        _ => (holds.HasFlag(Holds.User) ? "u" : "") + (holds.HasFlag(Holds.Operator) ? "o" : "") +
            (depends || holds.HasFlag(Holds.System) ? "s" : ""),
    };
}
