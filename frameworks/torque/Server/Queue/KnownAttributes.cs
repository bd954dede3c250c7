using System.Globalization;

namespace Agora.Torque.Server.Queue;

/// <summary>Attributes of a job that its user may give, and what they may hold.</summary>
internal static class KnownAttributes
{
    public const int PriorityMin = -1024, PriorityMax = 1023;

    /// <summary>Given where the user says nothing.</summary>
    public static readonly (string Name, string Value)[] Defaults =
    [
        ("Checkpoint", "u"), ("Join_Path", "n"), ("Keep_Files", "n"), ("Mail_Points", "a"), ("Priority", "0"),
        ("Rerunable", "True"), ("fault_tolerant", "False"), ("job_radix", "0"), ("request_version", "1"),
    ];

    private static readonly HashSet<string> Free =
    [
        "Job_Name", "Account_Name", "Checkpoint", "Error_Path", "Output_Path", "group_list", "Mail_Users", "Shell_Path_List", "stagein",
        "stageout", "User_List", "Variable_List", "submit_args", "submit_host", "init_work_dir", "x", "job_arguments", "interactive",
        "depend", "umask", "comment", "forwardx11", "proxy_user", "project", "block", "sandbox", "prologue", "Job_Owner", "exclusive",
        "copy_std_err_out", "job_array_request", "run_count",
    ];

    /// <summary>What the server alone sets; a submission that has it is taken without it.</summary>
    private static readonly HashSet<string> Own = ["Job_Owner", "job_array_request"];

    public static bool IsOwn(string name) => Own.Contains(name);

    /// <exception cref="Jobs.PbsException">There is no such attribute, or it cannot have this value.</exception>
    public static void Check(string name, string value)
    {
        var right = name switch
        {
            "Priority" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var p) && p is >= PriorityMin and <= PriorityMax,
            "Rerunable" or "fault_tolerant" => IsBoolean(value),
            "Join_Path" => value is "oe" or "eo" or "n",
            "Keep_Files" => value is "o" or "e" or "oe" or "eo" or "n",
            "Mail_Points" => value is "n" or "p" || value.Length > 0 && value.All(c => c is 'a' or 'b' or 'e' or 'f'),
            "Hold_Types" => HoldLetters.Parse(value) is not null,
            "Execution_Time" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            "user_kill_delay" or "job_radix" or "idle_slot_limit" or "request_version" =>
                int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            "Job_Name" => value.Length is > 0 and <= 256 && !value.Any(char.IsWhiteSpace),
            _ => Free.Contains(name) ? true : throw Refusal.UnknownAttribute(name),
        };
        if (!right)
            throw Refusal.BadValue(name);
    }

    public static bool IsBoolean(string value) => value.ToLowerInvariant() is "true" or "false" or "t" or "f" or "y" or "n" or "1" or "0";

    public static bool IsTrue(string? value) => value?.ToLowerInvariant() is "true" or "t" or "y" or "1";
}
