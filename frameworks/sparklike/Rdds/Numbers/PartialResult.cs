namespace Agora.Spark;

/// <summary>What is known of a result before all of it is.</summary>
public sealed class PartialResult<R>
{
    private readonly Task<R> _final;

    internal PartialResult(R initial, Task<R> final) => (InitialValue, _final) = (initial, final);

    /// <summary>What was known when the time was over.</summary>
    public R InitialValue { get; }

    /// <summary>Whether <see cref="GetFinalValue"/> has not to wait.</summary>
    public bool IsFinal => _final.IsCompletedSuccessfully;

    /// <summary>The exact result; waits for it.</summary>
    /// <exception cref="SparkException">The job has failed.</exception>
    public R GetFinalValue() => _final.GetAwaiter().GetResult();
}

/// <summary>An estimated number.</summary>
/// <param name="Mean">The likeliest.</param>
/// <param name="Confidence">How likely the true one lies between <paramref name="Low"/> and <paramref name="High"/>; 1 if it is known.</param>
public readonly record struct BoundedDouble(double Mean, double Confidence, double Low, double High);
