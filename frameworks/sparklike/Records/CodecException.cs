namespace Agora.Spark.Records;

/// <summary>A value, or all values of a type, cannot be written as bytes; the message names the type and the field.</summary>
public sealed class CodecException : Exception
{
    public CodecException()
    {
    }

    public CodecException(string message) : base(message)
    {
    }

    public CodecException(string message, Exception? inner) : base(message, inner)
    {
    }
}
