namespace Agora.Hadoop.Jobs;

/// <summary>Hadoop's own classes that users name in options and that the engine stands in for.</summary>
public static class StreamingClasses
{
    public const string IdentityMapper = "org.apache.hadoop.mapred.lib.IdentityMapper",
        IdentityReducer = "org.apache.hadoop.mapred.lib.IdentityReducer",
        KeyFieldComparator = "org.apache.hadoop.mapred.lib.KeyFieldBasedComparator",
        KeyFieldPartitioner = "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner",
        HashPartitioner = "org.apache.hadoop.mapred.lib.HashPartitioner";

    /// <summary>True if a name means the class: in full, without its package, or in the package Hadoop 2 has it in.</summary>
    public static bool Means(string? name, string full) => name is not null &&
        (name == full || name == Simple(full) ||
         (name.StartsWith("org.apache.hadoop.mapreduce.lib.", StringComparison.Ordinal) && Simple(name) == Simple(full)));

    private static string Simple(string name) => name[(name.LastIndexOf('.') + 1)..];
}
