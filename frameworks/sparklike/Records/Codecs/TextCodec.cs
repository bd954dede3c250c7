namespace Agora.Spark.Records.Codecs;

/// <summary>Objects that a text stands for.</summary>
internal sealed class TextCodec<T>(Func<T, string> textOf, Func<string, T> parse) : ReferenceCodec<T> where T : class
{
    protected override void WriteContents(RecordWriter writer, T value) => writer.WriteString(textOf(value));

    protected override T ReadContents(RecordReader reader, int slot) =>
        parse(reader.ReadString() ?? throw new InvalidDataException($"the text of a {TypeNames.ForPeople(typeof(T))} is missing"));
}
