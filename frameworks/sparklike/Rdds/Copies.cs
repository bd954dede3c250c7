namespace Agora.Spark;

/// <summary>A value that functions may change, so that each use needs its own.</summary>
internal sealed class Copies<T>(byte[] bytes)
{
    public T Next() => RecordBytes.To<T>(bytes);
}

internal static class Copies
{
    /// <param name="what">Who needs it, for the message.</param>
    /// <exception cref="SparkException">Values of the type cannot be written.</exception>
    public static Copies<T> Of<T>(T value, string what)
    {
        RecordBytes.ThrowIfRefused<T>($"the zero value of {what} is copied for each use");
        return new Copies<T>(RecordBytes.Of(value));
    }
}
