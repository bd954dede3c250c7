namespace Agora.Hadoop.Tasks;

/// <summary>Takes a record. Its bytes are valid during the call only.</summary>
internal delegate void RecordHandler(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
