using System.Numerics;
using Agora.Spark.Records;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Spark.Records;

public class StableHashTests
{
    private enum Colour { Red, Blue }

    private record Animal(string Name, int? Legs);

    private sealed record Dog(string Name, int? Legs, Colour Coat) : Animal(Name, Legs);

    private readonly record struct Cell(int X, double Y);

    private readonly struct Plain(int x, string y)
    {
        public int X { get; } = x;
        public string Y { get; } = y;
    }

    private sealed class Reference(int value)
    {
        public int Value { get; } = value;
    }

    private sealed class Own(string text) : IEquatable<Own>
    {
        private readonly string _text = text;

        public bool Equals(Own? other) => string.Equals(_text, other?._text, StringComparison.OrdinalIgnoreCase);

        public override bool Equals(object? obj) => obj is Own own && Equals(own);

        public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_text);
    }

    private sealed class Told(string text) : IEquatable<Told>, IStableHash
    {
        private readonly string _text = text;

        public bool Equals(Told? other) => string.Equals(_text, other?._text, StringComparison.OrdinalIgnoreCase);

        public override bool Equals(object? obj) => obj is Told told && Equals(told);

        public override int GetHashCode() => GetStableHash();

        public int GetStableHash() => StableHash<string>.Of(_text.ToUpperInvariant());
    }

    private sealed record Odd(double[] Numbers);

    [Fact]
    public void Hashes_are_these_in_every_process()
    {
        // XXH64 of the eight bytes of 1, of none, and of eight zeros, as the reference program has them, folded.
        Assert.Equal(Fold(System.IO.Hashing.XxHash64.HashToUInt64(BitConverter.GetBytes(1L))), StableHash<int>.Of(1));
        Assert.Equal(Fold(0xEF46DB3751D8E999), StableHash<string>.Of(""));
        Assert.Equal(Fold(0x34C96ACDCADB1BBB), StableHash<long>.Of(0));
    }

    private static int Fold(ulong hash) => (int)(hash ^ (hash >> 32));

    [Fact]
    public void Numbers_that_are_equal_have_the_same_hash_however_they_are_written()
    {
        AssertSame(0.0, -0.0);
        AssertSame(double.NaN, BitConverter.Int64BitsToDouble(-1));
        AssertSame(0f, -0f);
        AssertSame(1.0m, 1.000m);
        AssertSame(0.00m, -0m);
        AssertSame(100m, 1e2m);
        AssertSame(new Complex(0.0, 1), new Complex(-0.0, 1));
        AssertSame(new DateTime(5, DateTimeKind.Utc), new DateTime(5, DateTimeKind.Local));
        AssertSame(new DateTimeOffset(2020, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)), new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        AssertSame(BigInteger.Parse("123456789012345678901234567890"), BigInteger.Parse("123456789012345678901234567890"));
        AssertSame(new Version(1, 2), new Version("1.2"));
    }

    [Fact]
    public void Equal_keys_of_all_shapes_have_the_same_hash_and_others_another()
    {
        AssertSame(("a", 1, (int?)null), ("a", 1, null));
        AssertSame(Tuple.Create(new Cell(1, -0.0)), Tuple.Create(new Cell(1, 0.0)));
        AssertSame(new Plain(1, "y"), new Plain(1, new string('y', 1)));
        AssertSame(new { A = 1 }, new { A = 1 });
        AssertSame<Animal>(new Dog("d", 4, Colour.Blue), new Dog("d", 4, Colour.Blue));
        AssertSame<object>(("x", 1), ("x", 1));
        AssertSame<IComparable>(5, 5);
        AssertSame(new Told("Word"), new Told("wORD"));
        AssertSame<Animal?>(null, null);
        AssertSame(KeyValuePair.Create("a", 1), KeyValuePair.Create("a", 1));
        int?[] numbers = [null, 0, 1, -1];
        Assert.Equal(4, numbers.Select(StableHash<int?>.Of).Distinct().Count());
        Assert.NotEqual(StableHash<(int, int)>.Of((1, 2)), StableHash<(int, int)>.Of((2, 1)));
        Assert.NotEqual(StableHash<(string?, string)>.Of((null, "a")), StableHash<(string?, string)>.Of(("", "a")));
        Assert.NotEqual(StableHash<Animal>.Of(new Animal("d", 4)), StableHash<Animal>.Of(new Animal("d", 5)));
        Gen.Select(Gen.String, Gen.Double, Gen.Int).Sample((s, d, i) =>
            StableHash<(string, Cell)>.Of((s, new Cell(i, d))) == StableHash<(string, Cell)>.Of((new string(s), new Cell(i, d))));
    }

    private static void AssertSame<T>(T a, T b)
    {
        Assert.True(EqualityComparer<T>.Default.Equals(a, b));
        Assert.Equal(StableHash<T>.Of(a), StableHash<T>.Of(b));
    }

    [Fact]
    public void Small_numbers_are_spread_evenly()
    {
        var counts = new int[16];
        for (var i = 0; i < 16_000; i++)
            counts[(uint)StableHash<int>.Of(i) % 16]++;
        // About 1000 each; the standard deviation is 31.
        Assert.All(counts, c => Assert.InRange(c, 850, 1150));
    }

    [Fact]
    public void Keys_without_an_equality_that_outlives_the_process_are_refused_with_a_reason()
    {
        Assert.Equal("values of the type int[] cannot be keys: int[] is an array, which equals itself alone; use a tuple, a record or a string",
            Refusal<int[]>());
        Assert.Contains("Numbers is of the type double[], which is an array", Refusal<Odd>(), StringComparison.Ordinal);
        Assert.Contains("Item2 is of the type Reference, which equals itself alone", Refusal<(int, Reference)>(), StringComparison.Ordinal);
        Assert.Contains("has an Equals of its own", Refusal<Own>(), StringComparison.Ordinal);
        Assert.Contains("equals itself alone", Refusal<List<int>>(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => StableHash<object>.Of(new[] { 1 }));
        Assert.Throws<ArgumentException>(() => StableHash<object>.Of(new object()));
        StableHash<(string, Animal)>.ThrowIfRefused();
    }

    private static string Refusal<T>() => Assert.Throws<ArgumentException>(StableHash<T>.ThrowIfRefused).Message;
}
