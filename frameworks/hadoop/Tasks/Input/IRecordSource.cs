namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// The records of one split. A map program reads them one by one, or, if it only passes lines on, in blocks; not both.
/// </summary>
internal interface IRecordSource : IDisposable
{
    /// <summary>Goes to the next record; false at the end.</summary>
    bool Next();

    /// <summary>
    /// The record's key, valid until the next record. For lines of text it is <see cref="Position"/> in decimal digits,
    /// which are made only when asked for.
    /// </summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>The record's value, valid until the next record.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>Where in the file the record begins, in bytes.</summary>
    long Position { get; }

    /// <summary>True if the key is nothing but <see cref="Position"/>.</summary>
    bool KeyIsPosition => false;

    /// <summary>Records given so far.</summary>
    long Records { get; }

    /// <summary>Bytes of the split read so far, unpacked if it is compressed.</summary>
    long BytesRead { get; }

    /// <summary>How much of the split has been read, 0 to 1.</summary>
    double Fraction { get; }

    /// <summary>True if <see cref="NextLines"/> can be called instead of <see cref="Next"/>.</summary>
    bool GivesLines => false;

    /// <summary>
    /// Some of the next values, each with one LF after it, as many as are at hand; false at the end.
    /// </summary>
    bool NextLines(out ReadOnlySpan<byte> lines) => throw new NotSupportedException();
}
