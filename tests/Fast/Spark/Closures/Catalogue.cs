using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Agora.Tests.Fast.Spark.Closures;

/// <summary>Functions as users write them. Each gives a text that says whether it found what it had captured.</summary>
public static class Catalogue
{
    public sealed record Point(int X, int Y);

    public record struct Pair(string Name, int[] Numbers);

    public enum Colour : short
    {
        Red,
        Green = 700,
    }

    public class Base(int hidden)
    {
        private readonly int _hidden = hidden;

        public int Hidden => _hidden;
    }

    public sealed class Derived(int hidden, string name) : Base(hidden)
    {
        private readonly string _name = name;

        public Func<string> AsLambda() => () => $"{_name} {Hidden}";

        public string AsMethod() => $"method of {_name} {Hidden}";
    }

    public sealed class Node
    {
        public required string Name { get; init; }

        public Node? Next { get; set; }
    }

    public sealed class Counted : Dictionary<string, int>
    {
        public int Extra { get; init; }
    }

    public sealed class Box<T>(T value)
    {
        private readonly T _value = value;

        public Func<string> Shown<TOther>(TOther other) => () => $"{_value} {other} {typeof(T).Name} {typeof(TOther).Name}";
    }

    public static IEnumerable<(string Name, Func<string> Function)> Good()
    {
        var (text, number, doubles) = ("hello", 42, new[] { 1.5, 2.5 });
        yield return ("captured locals", () => $"{text} {number} {doubles.Sum()}");
        yield return ("nothing captured", static () => "static");
        var point = new Point(3, 4);
        yield return ("a record", () => $"{point} {point with { Y = 5 }}");
        yield return ("this, with private fields of a base class", new Derived(7, "derived").AsLambda());
        yield return ("a static method", StaticMethod);
        yield return ("an object's method", new Derived(8, "group").AsMethod);
        yield return ("generic class and method", new Box<DateTime>(DateTime.UnixEpoch).Shown(new List<int> { 1 }));
        string Local(int i) => $"{text}{i}";
        yield return ("a local function", () => Local(1) + Local(2));
        Func<int, int> add = x => x + number;
        Func<int, int> twice = x => add(add(x));
        yield return ("nested functions", () => $"{twice(1)}");
        Func<int, int>? factorial = null;
        factorial = n => n <= 1 ? 1 : n * factorial!(n - 1);
        yield return ("a function that calls itself", () => $"{factorial(6)}");
        var first = new Node { Name = "first" };
        first.Next = new Node { Name = "second", Next = first };
        yield return ("a cycle", () => $"{first.Next!.Next!.Next!.Name} {ReferenceEquals(first, first.Next.Next)}");
        var pair = new Pair("pair", [1, 2]);
        yield return ("structs and tuples", () => $"{pair.Name} {pair.Numbers.Length} {(1, "two", 3.0)}");
        yield return ("an async lambda", () => Later(number).Result);
        yield return ("an iterator", () => string.Join(',', Count(3, text)));
        var functions = new List<Func<int>>();
        for (var i = 0; i < 3; i++)
        {
            var own = i * 10;
            functions.Add(() => own + number);
        }
        yield return ("a loop's variable", () => $"{functions[1]()} {functions[2]()}");
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "Alpha", "Beta" };
        yield return ("a set that ignores case", () => $"{words.Contains("ALPHA")} {words.Contains("gamma")}");
        var sorted = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["b"] = 2, ["a"] = 1 };
        yield return ("a sorted dictionary", () => string.Join(' ', sorted));
        var gate = new object();
        yield return ("an object to lock", () => { lock (gate) { return "locked"; } });
        var newGate = new Lock();
        yield return ("a Lock", () => { lock (newGate) { return "locked"; } });
        var table = new[,] { { 1, 2 }, { 3, 4 } };
        yield return ("an array of two dimensions", () => $"{table[1, 0]} {table.GetLength(1)}");
        var (when, price, id, colour, maybe, none) = (new DateTime(2020, 2, 3), 1.10m, Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), Colour.Green, (int?)5, (int?)null);
        yield return ("values of many types", () => $"{when:O} {price} {id} {colour} {maybe} {none is null}");
        object boxed = Colour.Green;
        object pointer = point;
        var type = typeof(Dictionary<string, Point>);
        yield return ("boxed values and a type", () => $"{boxed} {boxed.GetType().Name} {pointer} {type}");
        yield return ("LINQ inside", () => string.Join(' ', Enumerable.Range(0, number / 10).Where(x => x % 2 == 0).Select(x => x * doubles[0])));
        var byRecord = new Dictionary<Point, string> { [new(1, 2)] = "one two" };
        yield return ("a dictionary by record", () => byRecord[new(1, 2)]);
        var byTuple = new Dictionary<(string, int), string> { [("a", 1)] = "a one" };
        yield return ("a dictionary by tuple", () => byTuple[("a", 1)]);
        var byText = new Dictionary<string, int> { ["x"] = 9 };
        yield return ("a dictionary by text", () => $"{byText["x"]}");
        var concurrent = new ConcurrentDictionary<Point, int> { [new(5, 6)] = 56 };
        yield return ("a concurrent dictionary", () => $"{concurrent[new(5, 6)]}");
        var immutable = ImmutableDictionary<Point, int>.Empty.Add(new(7, 8), 78);
        var frozen = new Dictionary<string, Point> { ["p"] = point }.ToFrozenDictionary();
        yield return ("immutable and frozen dictionaries", () => $"{immutable[new(7, 8)]} {frozen["p"]}");
        var lookup = new[] { ("odd", 1), ("even", 2), ("odd", 3) }.ToLookup(p => p.Item1, p => p.Item2);
        yield return ("a lookup", () => $"{lookup["odd"].Sum()} {lookup["none"].Count()}");
        var counted = new Counted { ["k"] = 3 };
        var counted5 = new Counted { ["k"] = 3, Extra = 5 };
        yield return ("a class of one's own that is a dictionary", () => $"{counted["k"]} {counted.Extra} {counted5.Extra}");
        var both = (Func<string>)(() => "one ") + (() => text);
        yield return ("two functions in one delegate", () => string.Concat(both.GetInvocationList().Select(d => ((Func<string>)d)())));
        var (culture, encoding) = (CultureInfo.InvariantCulture, Encoding.UTF8);
        yield return ("culture and encoding", () => $"{1.5.ToString(culture)} {encoding.GetByteCount("ä")}");
        var random = new Random(5);
        var same = new Random(5);
        yield return ("a random sequence", () => $"{random.Next()}");
        yield return ("and the same again", () => $"{same.Next()}");
        var token = CancellationToken.None;
        yield return ("a token that is never cancelled", () => $"{token.CanBeCanceled}");
    }

    /// <summary>A neighbour in the same scope captures what cannot be shipped: the function that does not use it goes all the same.</summary>
    public static Func<string> BesideWhatCannotGo(out Func<string> neighbour)
    {
        var pattern = new Regex("[a-z]+");
        var word = "word";
        neighbour = () => pattern.Match(word).Value;
        return () => word + "!";
    }

    public static IEnumerable<(string Name, Func<string> Function, string Path)> Refused()
    {
        var pattern = new Regex("a+");
        yield return ("a Regex", () => pattern.ToString(), "<target>.pattern");
        var sw = new StreamWriter(Stream.Null);
        yield return ("a writer", () => sw.ToString()!, "<target>.sw");
        var lazy = new Lazy<int>(() => 3);
        yield return ("a lazy value", () => $"{lazy.Value}", "<target>.lazy");
        var holder = new { Inner = new[] { new MemoryStream() } };
        yield return ("a stream in an array in an object", () => $"{holder.Inner.Length}", "<target>.holder.Inner[0]");
        var compiled = System.Linq.Expressions.Expression.Lambda<Func<string>>(System.Linq.Expressions.Expression.Constant("x")).Compile();
        yield return ("a compiled expression", () => compiled(), "<target>.compiled");
        var task = Task.FromResult(3);
        yield return ("a task", () => $"{task.Result}", "<target>.task");
        var source = new CancellationTokenSource();
        var token = source.Token;
        yield return ("a token that can be cancelled", () => $"{token.CanBeCanceled}", "<target>.token._source");
    }

    private static string StaticMethod() => "static method";

    private static async Task<string> Later(int number)
    {
        await Task.Yield();
        return $"later {number}";
    }

    private static IEnumerable<string> Count(int n, string text)
    {
        for (var i = 0; i < n; i++)
            yield return text + i;
    }
}
