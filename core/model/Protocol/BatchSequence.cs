namespace Agora.Protocol;

/// <summary>Checks the numbers of the batches that one stream brings.</summary>
public struct BatchSequence
{
    private ulong _last;

    /// <exception cref="WireFormatException">The batch is not the one after the last: something was lost.</exception>
    public void Check(ulong sequence)
    {
        if (sequence != _last + 1)
            throw new WireFormatException($"batch {sequence} follows batch {_last}");
        _last = sequence;
    }
}
