using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Agora.Spark.Records;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Spark.Records;

public class RecordCodecTests
{
    private enum Colour : byte { Red = 1, Blue = 200 }

    private sealed record Point(int X, double Y);

    private record Animal(string Name);

    private sealed record Dog(string Name, Animal? Friend) : Animal(Name);

    private readonly record struct Labelled(string Label, int? Number, (string, Point?) Inner);

    private class Base(int secret)
    {
        private readonly int _secret = secret;
        public int Secret => _secret;
    }

    private sealed class Derived(int secret, string word) : Base(secret)
    {
        private string Word { get; } = word;

        [NonSerialized]
        private readonly object _scratch = new();

        public string Say => Word;
        public bool HasScratch => _scratch is not null;
    }

    private sealed class Node
    {
        public int Value;
        public Node? Next;
        public List<Node> Others = [];
    }

    private sealed class Anything
    {
        public object? Value;
        public IReadOnlyList<int>? Numbers;
    }

    [InlineArray(3)]
    private struct Three
    {
#pragma warning disable IDE0044, IDE0051, CS0169 // As inline arrays are declared.
        private int _first;
#pragma warning restore IDE0044, IDE0051, CS0169
    }

    [Fact]
    public void Plain_values_come_back_bit_by_bit()
    {
        Assert.Equal(-5, RoundTrip.Of(-5));
        Assert.Equal(long.MinValue, RoundTrip.Of(long.MinValue));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits(RoundTrip.Of(-0.0)));
        Assert.True(double.IsNaN(RoundTrip.Of(double.NaN)));
        Assert.Equal(1.10m, RoundTrip.Of(1.10m));
        Assert.Equal('ß', RoundTrip.Of('ß'));
        Assert.Equal(Colour.Blue, RoundTrip.Of(Colour.Blue));
        Assert.Equal(DateTimeKind.Utc, RoundTrip.Of(new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc)).Kind);
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), RoundTrip.Of(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))));
        Assert.Equal(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), RoundTrip.Of(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11])));
        Assert.Null(RoundTrip.Of<int?>(null));
        Assert.Equal(7, RoundTrip.Of<int?>(7));
        Assert.Equal(BigInteger.Pow(3, 200), RoundTrip.Of(BigInteger.Pow(3, 200)));
        Assert.Equal(Int128.MaxValue, RoundTrip.Of(Int128.MaxValue));
        var three = new Three();
        three[2] = 9;
        Assert.Equal(9, RoundTrip.Of(three)[2]);
    }

    [Fact]
    public void Any_string_comes_back()
    {
        Assert.Null(RoundTrip.Of<string?>(null));
        Assert.Equal("a\ud800b", RoundTrip.Of("a\ud800b"));
        // Around the lengths where the length takes another byte, in letters of one, two and three bytes.
        foreach (var letter in "aé€")
            foreach (var length in new[] { 0, 1, 20, 21, 22, 30, 31, 32, 62, 63, 64, 65, 2730, 2731, 8191, 8192, 50_000 })
                Assert.Equal(new string(letter, length), RoundTrip.Of(new string(letter, length)));
        Gen.String.Sample(s => s == RoundTrip.Of(s));
    }

    [Fact]
    public void Short_words_and_numbers_take_no_more_than_they_must()
    {
        // A byte for the length of the word, its letters, four for the number.
        Assert.Equal(1 + 9 + 4, RoundTrip.Bytes(("word12345", 7)).Length);
        // Not null; sixteen of them; each eight.
        Assert.Equal(8 + 1 + 1 + (16 * 8), RoundTrip.Bytes((5L, new double[16])).Length);
    }

    [Fact]
    public void Tuples_records_and_structures_come_back_with_all_they_hold()
    {
        Assert.Equal(("a", 1, (double?)2.5), RoundTrip.Of(("a", 1, (double?)2.5)));
        Assert.Equal(Tuple.Create("a", 1), RoundTrip.Of(Tuple.Create("a", 1)));
        Assert.Equal(KeyValuePair.Create("k", new Point(1, 2)), RoundTrip.Of(KeyValuePair.Create("k", new Point(1, 2))));
        var labelled = new Labelled("l", null, ("x", new Point(3, 4)));
        Assert.Equal(labelled, RoundTrip.Of(labelled));
        Assert.Equal((1, 2, 3, 4, 5, 6, 7, "8", 9), RoundTrip.Of((1, 2, 3, 4, 5, 6, 7, "8", 9)));
        Assert.Equal(new { A = 1, B = "b" }, RoundTrip.Of(new { A = 1, B = "b" }));
        Labelled? some = labelled;
        Assert.Equal(some, RoundTrip.Of(some));
    }

    [Fact]
    public void Private_fields_of_base_classes_come_back_and_those_marked_do_not()
    {
        var read = RoundTrip.Of(new Derived(42, "word"));
        Assert.Equal((42, "word", false), (read.Secret, read.Say, read.HasScratch));
    }

    [Fact]
    public void Arrays_and_lists_come_back()
    {
        Assert.Equal([1.5, -2], RoundTrip.Of(new[] { 1.5, -2 }));
        Assert.Equal(["a", null, "b"], RoundTrip.Of(new[] { "a", null, "b" }));
        Assert.Equal(new int[,] { { 1, 2, 3 }, { 4, 5, 6 } }, RoundTrip.Of(new int[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
        Assert.Equal(new string[,] { { "x" }, { "y" } }, RoundTrip.Of(new string[,] { { "x" }, { "y" } }));
        Assert.Equal([[1], [], [2, 3]], RoundTrip.Of<int[][]>([[1], [], [2, 3]]));
        Assert.Equal([1, 2, 3], RoundTrip.Of<List<int>>([1, 2, 3]));
        Assert.Equal([("a", 1), ("b", 2)], RoundTrip.Of<List<(string, int)>>([("a", 1), ("b", 2)]));
        Assert.Equal([(1, 2L)], RoundTrip.Of<(int, long)[]>([(1, 2L)]));
        Assert.Null(RoundTrip.Of<List<int>?>(null));
        Assert.Equal([1, 2], RoundTrip.Of(new Queue<int>([1, 2])));
        Assert.Equal([2, 1], RoundTrip.Of(new Stack<int>([1, 2])));
        Assert.Equal(["b", "a"], RoundTrip.Of(new LinkedList<string>(["b", "a"])));
        Assert.Equal([1, 2], RoundTrip.Of(new ConcurrentQueue<int>([1, 2])));
        Assert.Equal([2, 1], RoundTrip.Of(new ConcurrentStack<int>([1, 2])));
        Assert.Equal([3, 4], RoundTrip.Of(ImmutableArray.Create(3, 4)));
        Assert.Equal([3, 4], RoundTrip.Of(ImmutableList.Create(3, 4)));
    }

    [Fact]
    public void Hash_containers_are_found_in_with_their_comparer()
    {
        var ignoring = RoundTrip.Of(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["Key"] = 3 });
        Assert.Equal(3, ignoring["KEY"]);
        Assert.Equal(2, RoundTrip.Of(new Dictionary<Point, int> { [new Point(1, 2)] = 2 })[new Point(1, 2)]);
        Assert.Equal(1, RoundTrip.Of(new Dictionary<(string, int), int> { [("a", 1)] = 1 })[("a", 1)]);
        Assert.Contains("x", RoundTrip.Of(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "X" }));
        Assert.Equal(1, RoundTrip.Of(new ConcurrentDictionary<string, int>([KeyValuePair.Create("a", 1)]))["a"]);
        Assert.Equal(1, RoundTrip.Of(ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("a", 1))["A"]);
        Assert.Contains("a", (ISet<string>)RoundTrip.Of(ImmutableHashSet.Create("a", "b")));
        Assert.Equal(1, RoundTrip.Of(new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary())["a"]);
        Assert.Contains("B", (ISet<string>)RoundTrip.Of(new[] { "a", "b" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase)));
        Assert.Equal(["c", "a"], RoundTrip.Of(new OrderedDictionary<string, int> { ["c"] = 1, ["a"] = 2 }).Keys);
        Assert.Equal([3, 1], RoundTrip.Of(new SortedSet<int>(Downwards.Order) { 1, 3 }));
        Assert.Equal(["a", "b"], RoundTrip.Of(new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 }).Keys);
        Assert.Contains(13, RoundTrip.Of(new HashSet<int>(new LastDigit()) { 3 }));
    }

    private sealed class Downwards : IComparer<int>
    {
        public static readonly Downwards Order = new();

        public int Compare(int x, int y) => y.CompareTo(x);
    }

    private sealed class LastDigit : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x % 10 == y % 10;

        public int GetHashCode(int obj) => obj % 10;
    }

    [Fact]
    public void Objects_come_back_as_the_type_they_are_of()
    {
        Animal[] animals = [new Animal("a"), new Dog("d", null), new Dog("e", new Animal("f"))];
        Assert.Equal(animals, RoundTrip.Of(animals));
        Assert.Equal(["x", 1, 2.5, null, Colour.Red, new Point(1, 2)], RoundTrip.Of<object?[]>(["x", 1, 2.5, null, Colour.Red, new Point(1, 2)]));
        Assert.Equal([1, 2], RoundTrip.Of<IEnumerable<int>>([1, 2]));
        Assert.IsType<List<int>>(RoundTrip.Of<IEnumerable<int>>(new List<int> { 1 }));
        Assert.IsType<string[]>(RoundTrip.Of<object[]>(new string[] { "a" }));
        var anything = RoundTrip.Of(new Anything { Value = new Dictionary<string, object> { ["n"] = 1 }, Numbers = [4, 5] });
        Assert.Equal(1, Assert.IsType<Dictionary<string, object>>(anything.Value)["n"]);
        Assert.Equal([4, 5], anything.Numbers);
        Assert.Equal(typeof(List<Point>), RoundTrip.Of(typeof(List<Point>)));
        Assert.Equal(new Uri("http://a/b?c"), RoundTrip.Of(new Uri("http://a/b?c")));
        Assert.Equal(CultureInfo.InvariantCulture, RoundTrip.Of(CultureInfo.InvariantCulture));
        Assert.NotNull(RoundTrip.Of(new object()));
    }

    [Fact]
    public void Sequences_that_are_still_to_be_computed_come_back_as_their_items()
    {
        IEnumerable<int> numbers = [3, 1, 2];
        Assert.Equal([3, 2], RoundTrip.Of(numbers.Where(n => n > 1)));
        Assert.Equal([1, 2, 3], RoundTrip.Of(("key", (IEnumerable<int>)numbers.Order())).Item2);
        Assert.Equal([7, 8], RoundTrip.Of(Iterator()));
        Assert.Equal([0, 1], RoundTrip.Of(Enumerable.Range(0, 2)));

        static IEnumerable<int> Iterator()
        {
            yield return 7;
            yield return 8;
        }
    }

    [Fact]
    public void Types_of_assemblies_that_are_loaded_apart_and_can_be_unloaded_have_codecs()
    {
        var context = new AssemblyLoadContext("users", isCollectible: true);
        var type = context.LoadFromAssemblyPath(typeof(RecordCodecTests).Assembly.Location).GetType(typeof(Derived).FullName!)!;
        Assert.NotEqual(typeof(Derived), type);
        var read = typeof(RoundTrip).GetMethod(nameof(RoundTrip.Of))!.MakeGenericMethod(type)
            .Invoke(null, [Activator.CreateInstance(type, 42, "word")]);
        Assert.Equal((42, "word"), (type.GetProperty("Secret")!.GetValue(read), type.GetProperty("Say")!.GetValue(read)));
        context.Unload();
    }

    [Fact]
    public void Cycles_and_shared_objects_come_back_as_they_were()
    {
        var a = new Node { Value = 1 };
        var b = new Node { Value = 2, Next = a };
        a.Next = b;
        a.Others = [a, b, b];
        var read = RoundTrip.Of(a);
        Assert.Same(read, read.Next!.Next);
        Assert.Same(read, read.Others[0]);
        Assert.Same(read.Next, read.Others[2]);
        var self = new Anything();
        self.Value = new List<object> { self, 5 };
        var selfRead = RoundTrip.Of(self);
        Assert.Same(selfRead, ((List<object>)selfRead.Value!)[0]);
        // More objects than are looked for one by one.
        var ring = Enumerable.Range(0, 100).Select(i => new Node { Value = i }).ToList();
        for (var i = 0; i < ring.Count; i++)
            (ring[i].Next, ring[i].Others) = (ring[(i + 1) % ring.Count], [ring[i / 2]]);
        var ringRead = RoundTrip.Of(ring);
        Assert.Same(ringRead[0], ringRead[99].Next);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Same(ringRead[i / 2], ringRead[i].Others[0]));
    }

    [Fact]
    public void An_object_that_has_changed_between_two_records_is_written_anew()
    {
        var node = new Node { Value = 1 };
        var writer = new RecordWriter();
        RecordCodec<Node>.Default.Write(writer, node);
        node.Value = 2;
        RecordCodec<Node>.Default.Write(writer, node);
        var reader = new RecordReader(writer.Written);
        Assert.Equal((1, 2), (RecordCodec<Node>.Default.Read(reader).Value, RecordCodec<Node>.Default.Read(reader).Value));
    }

    [Fact]
    public void A_chain_that_is_deeper_than_the_stack_is_an_error_and_not_the_end()
    {
        var first = new Node();
        for (var (i, last) = (0, first); i < 1_000_000; i++)
            last = last.Next = new Node();
        Assert.Contains("nested too deeply", Assert.Throws<CodecException>(() => RoundTrip.Bytes(first)).Message, StringComparison.Ordinal);
    }

    private sealed class Celsius(double degrees)
    {
        public double Degrees { get; } = degrees;
    }

    private sealed class CelsiusCodec : RecordCodec<Celsius>
    {
        public override void Write(RecordWriter writer, Celsius value) => writer.WriteUnmanaged((short)value.Degrees);

        public override Celsius Read(RecordReader reader) => new(reader.ReadUnmanaged<short>());
    }

    [Fact]
    public void A_registered_codec_is_used_wherever_its_type_stands()
    {
        RecordCodecs.Register(new CelsiusCodec());
        var read = RoundTrip.Of(("a", new Celsius(20.7), (Celsius?)null, new List<Celsius> { new(3) }));
        Assert.Equal((20, 3), (read.Item2.Degrees, read.Item4[0].Degrees));
        Assert.Null(read.Item3);
        Assert.Throws<InvalidOperationException>(() => RecordCodecs.Register(new CelsiusCodec()));
    }

    [Fact]
    public void Bytes_that_end_early_are_an_error_wherever_they_end()
    {
        var bytes = RoundTrip.Bytes(("word", new List<string> { "a", "b" }, 5, new[] { 1.5 }, new Node()));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() =>
                RecordCodec<(string, List<string>, int, double[], Node)>.Default.Read(new RecordReader(bytes.AsMemory(0, length))));
    }

    [Fact]
    public void Several_threads_may_use_a_type_for_the_first_time_at_once() =>
        Parallel.For(0, 64, i => Assert.Equal((i, "x", i), RoundTrip.Of((i, "x", i))));
}
