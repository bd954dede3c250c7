using System.Buffers;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Manage;

/// <summary>Shows objects: <c>list</c> for people, <c>print</c> as the lines that would make them again.</summary>
internal static class QmgrPrinter
{
    private const int WidthMax = 79;

    /// <summary>What is counted or measured, and cannot be set.</summary>
    private static readonly HashSet<string> ReadOnly =
    [
        "server_state", "total_jobs", "state_count", "resources_assigned", "pbs_version", "mtime", "server_host",
        "status", "jobs", "power_state", "mom_service_port", "mom_manager_port", "total_sockets", "total_numa_nodes",
        "total_cores", "total_threads", "dedicated_sockets", "dedicated_numa_nodes", "dedicated_cores", "dedicated_threads", "state", "ntype",
    ];

    private static readonly SearchValues<char> TakenApart = SearchValues.Create(", \t#'\"=");

    /// <summary>Their values are lists, which are printed one by one.</summary>
    private static readonly HashSet<string> Lists =
    [
        "acl_users", "acl_groups", "acl_hosts", "acl_roots", "acl_logic_or", "managers", "operators", "route_destinations",
        "submit_hosts", "properties", "disallowed_types", "features_required",
    ];

    public static void List(TextWriter to, string kind, StatusRecord record, IReadOnlyList<AttributeChange> only)
    {
        to.Write($"{kind} {record.Name}\n");
        foreach (var attribute in Wanted(record, only))
            ListLine(to, $"\t{FullName(attribute)} = ", attribute.Value);
        to.Write('\n');
    }

    /// <summary>A list that gets too long goes on in the next line, behind a tab.</summary>
    private static void ListLine(TextWriter to, string head, string value)
    {
        to.Write(head);
        var column = head.Length;
        var isFirst = true;
        foreach (var part in value.Split(','))
        {
            if (!isFirst)
            {
                to.Write(',');
                if (column + part.Length > WidthMax)
                {
                    to.Write("\n\t");
                    column = 1;
                }
            }
            to.Write(part);
            column += part.Length + 1;
            isFirst = false;
        }
        to.Write('\n');
    }

    public static void PrintServer(TextWriter to, StatusRecord server, IReadOnlyList<AttributeChange> only)
    {
        to.Write("#\n# Set server attributes.\n#\n");
        PrintAttributes(to, "set server", server, only);
    }

    /// <param name="kind"><c>queue</c> or <c>node</c>.</param>
    public static void PrintObject(TextWriter to, string kind, StatusRecord record, IReadOnlyList<AttributeChange> only)
    {
        to.Write($"#\n# Create and define {kind} {record.Name}\n#\ncreate {kind} {record.Name}\n");
        PrintAttributes(to, $"set {kind} {record.Name}", record, only);
    }

    private static void PrintAttributes(TextWriter to, string head, StatusRecord record, IReadOnlyList<AttributeChange> only)
    {
        foreach (var attribute in Wanted(record, only))
        {
            if (ReadOnly.Contains(attribute.Name) || attribute.Value.Length == 0)
                continue;
            var relation = "=";
            foreach (var value in Lists.Contains(attribute.Name) ? attribute.Value.Split(',') : [attribute.Value])
            {
                to.Write($"{head} {FullName(attribute)} {relation} {Quoted(value.Trim())}\n");
                relation = "+=";
            }
        }
    }

    private static IEnumerable<JobAttribute> Wanted(StatusRecord record, IReadOnlyList<AttributeChange> only)
    {
        foreach (var attribute in record.Attributes)
        {
            var isWanted = only.Count == 0;
            foreach (var wish in only)
                isWanted |= wish.Name == attribute.Name && (wish.Resource is null || wish.Resource == attribute.Resource);
            if (isWanted)
                yield return attribute;
        }
    }

    private static string FullName(JobAttribute attribute) =>
        attribute.Resource is null ? attribute.Name : $"{attribute.Name}.{attribute.Resource}";

    /// <summary>What the parser would take apart stands in quotes.</summary>
    private static string Quoted(string value)
    {
        if (value.AsSpan().IndexOfAny(TakenApart) < 0)
            return value;
        return value.Contains('"') ? $"'{value}'" : $"\"{value}\"";
    }
}
