namespace Agora.Hadoop.Jobs;

/// <summary>How records are passed to programs and back: what <c>-io</c> names.</summary>
public enum RecordForm
{
    /// <summary>Lines of key, separator and value.</summary>
    Text,

    /// <summary>Lines that are all key.</summary>
    KeyOnlyText,

    /// <summary>Key and value each as a length of four bytes, high ones first, and so many bytes.</summary>
    RawBytes,

    /// <summary>Key and value each as a code of one byte for its type and what that type takes.</summary>
    TypedBytes,
}

/// <summary>The forms by their names.</summary>
public static class RecordForms
{
    public static readonly IReadOnlyList<string> Names = ["text", "keyonlytext", "rawbytes", "typedbytes"];

    /// <summary>The properties that <c>-io</c> sets.</summary>
    public const string MapInput = "stream.map.input", MapOutput = "stream.map.output", ReduceInput = "stream.reduce.input",
        ReduceOutput = "stream.reduce.output";

    public static readonly IReadOnlyList<string> Properties = [MapInput, MapOutput, ReduceInput, ReduceOutput];

    /// <summary>Text, where a property is not set.</summary>
    /// <exception cref="FormatException">It names no form.</exception>
    public static RecordForm Of(JobConf conf, string property) => conf[property]?.ToLowerInvariant() switch
    {
        null or "text" => RecordForm.Text,
        "keyonlytext" => RecordForm.KeyOnlyText,
        "rawbytes" => RecordForm.RawBytes,
        "typedbytes" => RecordForm.TypedBytes,
        var other => throw new FormatException($"{property}={other} is none of {string.Join(", ", Names)}"),
    };

    /// <summary>All that is wrong with a job's forms, one sentence each.</summary>
    internal static IEnumerable<string> Problems(JobConf conf)
    {
        List<string> wrong = [.. Properties.Where(p => !Names.Contains((conf[p] ?? "text").ToLowerInvariant()))];
        foreach (var property in wrong)
            yield return $"{property}={conf[property]} is not supported yet; use one of {string.Join(", ", Names)}";
        if (wrong.Contains(MapOutput) || Of(conf, MapOutput).IsText())
            yield break;
        foreach (var (name, works) in OnBytes)
            if (conf[name] is { } set && !works.Any(c => StreamingClasses.Means(set, c)))
                yield return $"{name}={set} works on text, and {MapOutput} is {conf[MapOutput]}; use a program or text";
    }

    /// <summary>Classes that take records which are not text.</summary>
    private static readonly (string Property, string[] Classes)[] OnBytes =
    [
        (JobConf.MapperClass, [StreamingClasses.IdentityMapper, StreamingClasses.InverseMapper]),
        (JobConf.CombinerClass, [StreamingClasses.IdentityReducer]),
        (JobConf.ReducerClass, [StreamingClasses.IdentityReducer]),
        (JobConf.Partitioner, [StreamingClasses.HashPartitioner]),
        (JobConf.KeyComparator, []),
    ];

    public static bool IsText(this RecordForm form) => form is RecordForm.Text or RecordForm.KeyOnlyText;
}
