namespace Agora.Simulation;

/// <summary>
/// Chance from a seed, the same on every machine and runtime for ever (PCG-XSH-RR 64/32, O'Neill 2014), so that a seed
/// in a report still replays years later.
/// </summary>
public sealed class Dice
{
    private ulong _state;

    public Dice(ulong seed)
    {
        _state = seed + 1442695040888963407;
        Next();
    }

    public uint Next()
    {
        var old = _state;
        _state = old * 6364136223846793005 + 1442695040888963407;
        return uint.RotateRight((uint)(((old >> 18) ^ old) >> 27), (int)(old >> 59));
    }

    /// <summary>Even in [0, 1).</summary>
    public double Unit() => Next() * (1.0 / 4294967296.0);

    /// <summary>Whole, even, both ends included.</summary>
    public int Between(int low, int high) => low + (int)(Unit() * (high - low + 1));

    public bool Chance(double probability) => Unit() < probability;

    public T Of<T>(IReadOnlyList<T> items) => items[Between(0, items.Count - 1)];

    /// <summary>Even between two times.</summary>
    public TimeSpan Between(TimeSpan low, TimeSpan high) => low + (high - low) * Unit();

    /// <summary>Normal by Box and Muller (1958), never below <paramref name="least"/>.</summary>
    public TimeSpan Normal(TimeSpan mean, TimeSpan deviation, TimeSpan least)
    {
        var z = Math.Sqrt(-2 * Math.Log(1 - Unit())) * Math.Cos(2 * Math.PI * Unit());
        var drawn = mean + deviation * z;
        return drawn > least ? drawn : least;
    }
}
