namespace Agora.Spark.Records.Codecs;

internal sealed class StringCodec : RecordCodec<string?>
{
    internal override bool TakesNull => true;

    public override void Write(RecordWriter writer, string? value) => writer.WriteString(value);

    public override string? Read(RecordReader reader) => reader.ReadString();
}
