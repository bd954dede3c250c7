namespace Agora.Hadoop.Jobs;

/// <summary>Hadoop's own classes that users name in options and that the engine stands in for.</summary>
public static class StreamingClasses
{
    private const string Lib = "org.apache.hadoop.mapred.lib.", Mapred = "org.apache.hadoop.mapred.",
        Streaming = "org.apache.hadoop.streaming.", Compress = "org.apache.hadoop.io.compress.";

    public const string IdentityMapper = Lib + "IdentityMapper", InverseMapper = Lib + "InverseMapper",
        RegexMapper = Lib + "RegexMapper", TokenCountMapper = Lib + "TokenCountMapper",
        FieldSelection = Lib + "FieldSelectionMapReduce";

    public const string IdentityReducer = Lib + "IdentityReducer", LongSumReducer = Lib + "LongSumReducer",
        AggregateReducer = Lib + "aggregate.ValueAggregatorReducer",
        AggregateCombiner = Lib + "aggregate.ValueAggregatorCombiner";

    public const string KeyFieldComparator = Lib + "KeyFieldBasedComparator",
        KeyFieldPartitioner = Lib + "KeyFieldBasedPartitioner", HashPartitioner = Lib + "HashPartitioner";

    public const string TextInput = Mapred + "TextInputFormat", KeyValueTextInput = Mapred + "KeyValueTextInputFormat",
        NLineInput = Lib + "NLineInputFormat", CombineTextInput = Lib + "CombineTextInputFormat",
        AutoInput = Streaming + "AutoInputFormat", StreamInput = Streaming + "StreamInputFormat",
        SequenceFileInput = Mapred + "SequenceFileInputFormat",
        SequenceFileAsTextInput = Mapred + "SequenceFileAsTextInputFormat";

    public const string XmlRecordReader = Streaming + "StreamXmlRecordReader";

    public const string TextOutput = Mapred + "TextOutputFormat", NullOutput = Lib + "NullOutputFormat",
        SequenceFileOutput = Mapred + "SequenceFileOutputFormat";

    public const string GzipCodec = Compress + "GzipCodec", BZip2Codec = Compress + "BZip2Codec",
        DefaultCodec = Compress + "DefaultCodec", DeflateCodec = Compress + "DeflateCodec",
        ZStandardCodec = Compress + "ZStandardCodec";

    public static readonly IReadOnlyList<string> Codecs = [GzipCodec, BZip2Codec, DefaultCodec, DeflateCodec, ZStandardCodec];

    public static readonly IReadOnlyList<string> Mappers =
        [IdentityMapper, InverseMapper, RegexMapper, TokenCountMapper, FieldSelection];

    public static readonly IReadOnlyList<string> Reducers =
        [IdentityReducer, LongSumReducer, AggregateReducer, AggregateCombiner, FieldSelection];

    public static readonly IReadOnlyList<string> Partitioners = [KeyFieldPartitioner, HashPartitioner];

    public static readonly IReadOnlyList<string> InputFormats =
        [TextInput, KeyValueTextInput, NLineInput, CombineTextInput, AutoInput, StreamInput, SequenceFileInput,
            SequenceFileAsTextInput];

    public static readonly IReadOnlyList<string> OutputFormats = [TextOutput, NullOutput, SequenceFileOutput];

    /// <summary>True if a name means the class: in full, without its package, or in the package Hadoop 2 has it in.</summary>
    public static bool Means(string? name, string full) => name is not null &&
        (name == full || name == Simple(full) ||
         (name.StartsWith("org.apache.hadoop.mapreduce.lib.", StringComparison.Ordinal) && Simple(name) == Simple(full)));

    /// <summary>The full name of the class that a name means; null if it is none of them.</summary>
    public static string? Find(string? name, IReadOnlyList<string> classes) =>
        classes.FirstOrDefault(c => Means(name, c));

    private static string Simple(string name) => name[(name.LastIndexOf('.') + 1)..];
}
