namespace Agora.Spark;

/// <summary>A value or none, for types of any kind; what outer joins give for a missing side.</summary>
/// <param name="HasValue">Whether there is one.</param>
/// <param name="Value">The type's default if there is none.</param>
public readonly record struct Option<T>(bool HasValue, T Value)
{
    /// <summary>The value, or <paramref name="other"/> if there is none.</summary>
    public T Or(T other) => HasValue ? Value : other;

    public override string ToString() => HasValue ? $"Some({Value})" : "None";
}

/// <summary>Makes options without naming their type.</summary>
public static class Option
{
    public static Option<T> Some<T>(T value) => new(true, value);

    public static Option<T> None<T>() => default;
}
