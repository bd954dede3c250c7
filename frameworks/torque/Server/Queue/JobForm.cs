using System.Globalization;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>
/// What a job was submitted with. It never changes: an altered job gets another one. All elements of an array have the same.
/// </summary>
internal sealed class JobForm
{
    /// <param name="resources">In the order shown.</param>
    /// <param name="defaulted">Names of those resources that the queue or the server added.</param>
    public JobForm(
        string owner, string user, string group, string script, string? array, IReadOnlyList<JobAttribute> attributes,
        IReadOnlyList<JobAttribute> resources, IReadOnlyList<string> defaulted, Func<IReadOnlyList<JobAttribute>, ParsedResources> parse)
    {
        (Owner, User, Group, Script, Array, Attributes, Resources, Defaulted) =
            (owner, user, group, script, array, attributes, resources, defaulted);
        OwnerAttribute = new JobAttribute("Job_Owner", null, owner);
        Parsed = parse(resources);
        Name = Value("Job_Name") ?? "";
        Priority = Number("Priority") ?? 0;
        ExecutionTime = long.TryParse(Value("Execution_Time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;
    }

    /// <summary>As shown: <c>user@host</c>.</summary>
    public string Owner { get; }

    public JobAttribute OwnerAttribute { get; }

    /// <summary>Whom it runs as.</summary>
    public string User { get; }

    public string Group { get; }

    /// <summary>Digest of the script.</summary>
    public string Script { get; }

    /// <summary>The indices as given; null for a single job.</summary>
    public string? Array { get; }

    public IReadOnlyList<JobAttribute> Attributes { get; }

    public IReadOnlyList<JobAttribute> Resources { get; }

    public IReadOnlyList<string> Defaulted { get; }

    public ParsedResources Parsed { get; }

    public string Name { get; }

    public int Priority { get; }

    /// <summary>Seconds since 1970.</summary>
    public long? ExecutionTime { get; }

    public bool IsRerunable => KnownAttributes.IsTrue(Value("Rerunable"));

    public string MailPoints => Value("Mail_Points") ?? "a";

    /// <remarks>There are some twenty of them; a table would cost every job more than the search does.</remarks>
    public JobAttribute? Attribute(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name)
                return attribute;
        }
        return null;
    }

    public string? Value(string name) => Attribute(name)?.Value;

    public int? Number(string name) =>
        int.TryParse(Value(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public string? Resource(string name)
    {
        foreach (var resource in Resources)
        {
            if (resource.Resource == name)
                return resource.Value;
        }
        return null;
    }
}
