namespace Agora.Spark.Records.Codecs;

/// <summary>A container's comparer: the well-known ones by number, so that they stay the very same objects.</summary>
internal static class ComparerCodec
{
    private const byte Usual = 0, Other = 255;

    private static readonly StringComparer[] Known =
    [
        StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase,
    ];

    private static readonly RecordCodec<object?> Objects = RecordCodec<object?>.Default;

    /// <param name="comparer">Null for the type's usual one.</param>
    public static void Write(RecordWriter writer, object? comparer)
    {
        var known = comparer is null ? Usual : (byte)(Array.IndexOf(Known, comparer) + 1);
        writer.WriteByte(comparer is not null && known == 0 ? Other : known);
        if (comparer is not null && known == 0)
            Objects.Write(writer, comparer);
    }

    public static object? Read(RecordReader reader) => reader.ReadByte() switch
    {
        Usual => null,
        Other => Objects.Read(reader),
        var known when known <= Known.Length => Known[known - 1],
        _ => throw new InvalidDataException("a comparer is not known"),
    };
}
