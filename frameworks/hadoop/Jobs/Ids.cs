using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agora.Hadoop.Jobs;

public enum TaskKind
{
    Map,
    Reduce,
}

/// <summary>Ids go over wires and into the journal as their text.</summary>
internal abstract class IdConverter<T> : JsonConverter<T>
    where T : struct
{
    protected abstract T? Parse(string text);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString() ?? "") ?? throw new JsonException($"'{reader.GetString()}' is not an id");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class JobIdConverter : IdConverter<JobId>
{
    protected override JobId? Parse(string text) => JobId.TryParse(text, out var id) ? id : null;
}

internal sealed class AttemptIdConverter : IdConverter<AttemptId>
{
    protected override AttemptId? Parse(string text) => AttemptId.TryParse(text, out var id) ? id : null;
}

/// <summary>Names a job: <c>job_202611221644_0004</c> is the 4th of the JobTracker started at that minute.</summary>
[JsonConverter(typeof(JobIdConverter))]
public readonly record struct JobId(string Cluster, int Number) : IComparable<JobId>
{
    /// <summary>Clients read exactly four digits, so a JobTracker gives out no higher number.</summary>
    public const int NumberMax = 9999;

    internal string Suffix => $"{Cluster}_{Number:D4}";

    public int CompareTo(JobId other) =>
        string.CompareOrdinal(Cluster, other.Cluster) is var c and not 0 ? c : Number.CompareTo(other.Number);

    public override string ToString() => "job_" + Suffix;

    public static bool TryParse(string text, out JobId id)
    {
        id = default;
        var parts = text.Split('_');
        if (parts.Length != 3 || parts[0] != "job" || !TryNumber(parts[2], out var number) || parts[1].Length == 0)
            return false;
        id = new JobId(parts[1], number);
        return true;
    }

    internal static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>Names one map or reduce of a job: <c>task_202611221644_0004_m_000003</c>.</summary>
public readonly record struct JobTaskId(JobId Job, TaskKind Kind, int Index)
{
    internal string Suffix => $"{Job.Suffix}_{(Kind == TaskKind.Map ? 'm' : 'r')}_{Index:D6}";

    public override string ToString() => "task_" + Suffix;
}

/// <summary>Names one try at a task: <c>attempt_202611221644_0004_m_000003_0</c>. It is the task id on the cluster too.</summary>
[JsonConverter(typeof(AttemptIdConverter))]
public readonly record struct AttemptId(JobTaskId Task, int Number)
{
    public override string ToString() => $"attempt_{Task.Suffix}_{Number}";

    public static AttemptId Parse(string text) =>
        TryParse(text, out var id) ? id.Value : throw new FormatException($"'{text}' is not an attempt id");

    public static bool TryParse(string text, [NotNullWhen(true)] out AttemptId? id)
    {
        id = null;
        var parts = text.Split('_');
        if (parts.Length != 6 || parts[0] != "attempt" || parts[3] is not ("m" or "r") ||
            !JobId.TryNumber(parts[2], out var job) || !JobId.TryNumber(parts[4], out var index) ||
            !JobId.TryNumber(parts[5], out var number))
            return false;
        var kind = parts[3] == "m" ? TaskKind.Map : TaskKind.Reduce;
        id = new AttemptId(new JobTaskId(new JobId(parts[1], job), kind, index), number);
        return true;
    }
}
