using System.Globalization;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

internal enum ManagedKind
{
    Text,
    Boolean,
    Number,
    List,
    Resources,
    QueueType,
}

/// <summary>Attributes of server and queues that administrators may set.</summary>
internal static class ManagedAttributes
{
    public static IReadOnlyDictionary<string, ManagedKind> OfQueue { get; } = Table(
        (ManagedKind.QueueType, "queue_type"),
        (ManagedKind.Boolean, "enabled started from_route_only acl_user_enable acl_group_enable acl_host_enable acl_group_sloppy " +
            "acl_logic_or route_held_jobs route_waiting_jobs req_information_max_enable ghost_queue is_transit hidden"),
        (ManagedKind.Number, "Priority max_running max_queuable max_user_run max_user_queuable max_group_run max_report " +
            "route_retry_time route_lifetime keep_completed kill_delay checkpoint_min alt_router"),
        (ManagedKind.List, "acl_users acl_groups acl_hosts route_destinations disallowed_types required_login_property features_required"),
        (ManagedKind.Resources, "resources_min resources_max resources_default resources_available"));

    public static IReadOnlyDictionary<string, ManagedKind> OfServer { get; } = Table(
        (ManagedKind.Text, "default_queue mail_from mail_domain mail_subject_fmt mail_body_fmt comment default_node node_pack server_name " +
            "job_exclusive_on_use resources_cost node_suffix login_node_suffix display_job_server_suffix"),
        (ManagedKind.Boolean, "scheduling query_other_jobs acl_host_enable acl_user_enable acl_logic_or moab_array_compatible mom_job_sync " +
            "auto_node_np allow_node_submit disable_server_id_check cray_enabled no_mail_force copy_on_rerun legacy_vmem"),
        (ManagedKind.Number, "log_events log_level max_running max_user_run max_user_queuable scheduler_iteration " +
            "node_check_rate tcp_timeout tcp_incoming_timeout node_ping_rate job_stat_rate poll_jobs keep_completed max_job_array_size " +
            "max_slot_limit automatic_requeue_exit_code job_force_cancel_time next_job_number kill_delay job_start_timeout " +
            "job_log_file_max_size job_log_keep_days log_file_max_size log_keep_days max_threads min_threads thread_idle_seconds " +
            "default_gpu_mode exit_code_canceled_job timeout_for_job_delete timeout_for_job_requeue np_default lock_file_update_time"),
        (ManagedKind.List, "managers operators acl_hosts acl_users acl_roots submit_hosts allow_proxy_user_hosts gres_modifiers node_submit_exceptions"),
        (ManagedKind.Resources, "resources_available resources_default resources_max resources_min"));

    private static Dictionary<string, ManagedKind> Table(params ReadOnlySpan<(ManagedKind Kind, string Names)> rows)
    {
        Dictionary<string, ManagedKind> table = [];
        foreach (var (kind, names) in rows)
        {
            foreach (var name in names.Split(' '))
                table[name] = kind;
        }
        return table;
    }

    /// <summary>The new value.</summary>
    /// <exception cref="Jobs.PbsException">The attribute cannot have it.</exception>
    public static string Value(ManagedKind kind, string name, string? old, AttributeChange change)
    {
        switch (kind)
        {
            case ManagedKind.Boolean:
                return KnownAttributes.IsBoolean(change.Value) ? KnownAttributes.IsTrue(change.Value) ? "True" : "False" : throw Refusal.BadValue(name);
            case ManagedKind.Number:
                var number = Number(change.Value) ?? throw Refusal.BadValue(name);
                var sum = change.Operator switch
                {
                    "+=" => (Number(old) ?? 0L) + number,
                    "-=" => (Number(old) ?? 0L) - number,
                    _ => number,
                };
                return sum is >= int.MinValue and <= int.MaxValue && (name != "next_job_number" || sum is >= 0 and <= Jobs.JobId.NumberMax)
                    ? sum.ToString(CultureInfo.InvariantCulture)
                    : throw Refusal.BadValue(name);
            case ManagedKind.List:
                var named = change.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                var before = old?.Split(',') ?? [];
                return string.Join(',', change.Operator switch
                {
                    "+=" => before.Union(named),
                    "-=" => before.Except(named),
                    _ => named,
                });
            case ManagedKind.Resources:
                return KnownResources.Normalize(name[..name.IndexOf('.')], change.Resource!, change.Value);
            case ManagedKind.QueueType:
                return change.Value.Length == 0 ? throw Refusal.BadValue(name) : char.ToLowerInvariant(change.Value[0]) switch
                {
                    'e' => "Execution",
                    'r' => "Route",
                    _ => throw Refusal.BadValue(name),
                };
            default:
                return change.Value;
        }
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
