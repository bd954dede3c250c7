namespace Agora.Spark;

/// <summary>A value that functions may change, so that each use needs its own.</summary>
internal sealed class Copies<T>(T value)
{
    public T Next() => value;
}

internal static class Copies
{
    public static Copies<T> Of<T>(T value) => new(value);
}
