namespace Agora.Spark;

/// <summary>How keys are ordered where nothing else is said.</summary>
internal static class KeyOrder<T>
{
    /// <summary>The type's own; of strings by character, which is the same on every machine.</summary>
    public static IComparer<T> Default { get; } =
        typeof(T) == typeof(string) ? (IComparer<T>)(object)StringComparer.Ordinal : Comparer<T>.Default;
}
