namespace Agora.Spark.Records;

/// <summary>Bytes of records are damaged or cut off.</summary>
public sealed class CorruptBlockException : IOException
{
    public CorruptBlockException()
    {
    }

    public CorruptBlockException(string message) : base(message)
    {
    }

    public CorruptBlockException(string message, Exception? inner) : base(message, inner)
    {
    }
}
