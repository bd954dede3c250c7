using System.Reflection;
using System.Runtime.Loader;
using Agora.Spark.Closures;
using Xunit;

namespace Agora.Tests.Fast.Spark.Closures;

/// <summary>Functions shipped to where the program's assemblies are loaded anew.</summary>
public class ClosureTests
{
    private sealed class Elsewhere() : AssemblyLoadContext("elsewhere")
    {
        protected override Assembly? Load(AssemblyName name) =>
            name.Name == typeof(ClosureTests).Assembly.GetName().Name ? LoadFromAssemblyPath(typeof(ClosureTests).Assembly.Location) : null;
    }

    public static TheoryData<string> Names => [.. Catalogue.Good().Select(g => g.Name)];

    public static TheoryData<string> RefusedNames => [.. Catalogue.Refused().Select(g => g.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_finds_what_it_captured(string name)
    {
        // Each is made twice: what one run changes, as a random sequence, the other must not see.
        var here = Catalogue.Good().Single(g => g.Name == name).Function;
        var there = Ship(Catalogue.Good().Single(g => g.Name == name).Function);
        Assert.NotEqual(here.Method, there.Method);
        Assert.Equal(here(), there());
    }

    [Fact]
    public void What_only_a_neighbour_uses_does_not_go_along()
    {
        var function = Catalogue.BesideWhatCannotGo(out var neighbour);
        Assert.Equal("word!", Ship(function)());
        Assert.Equal("<target>.pattern", Assert.Throws<ClosureException>(() => ClosureWriter.Write(neighbour)).Path);
    }

    [Fact]
    public void Functions_of_one_scope_that_travel_together_have_all_that_any_of_them_uses()
    {
        var (one, two, three) = (1, 20, 300);
        Func<int> late = () => two + three;
        Func<int> early = () => one;
        var shipped = Ship(new[] { early, late });
        Assert.Equal([1, 320], shipped.Select(f => f()));
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void What_cannot_be_shipped_is_refused_with_its_path(string name)
    {
        var (_, function, path) = Catalogue.Refused().Single(r => r.Name == name);
        var refused = Assert.Throws<ClosureException>(() => ClosureWriter.Write(function));
        Assert.Equal(path, refused.Path);
        Assert.Contains($"'{path["<target>.".Length..].Split('.', '[')[0]}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_of_objects_goes_through()
    {
        var last = new Catalogue.Node { Name = "last" };
        var chain = last;
        for (var i = 0; i < 100_000; i++)
            chain = new Catalogue.Node { Name = "n", Next = chain };
        Func<int> length = () =>
        {
            var n = 0;
            for (var at = chain; at is not null; at = at.Next)
                n++;
            return n;
        };
        Assert.Equal(100_001, Ship(length)());
    }

    [Fact]
    public void Writing_to_a_captured_variable_and_reading_a_writable_static_are_warned_of()
    {
        var counter = 0;
        Func<int> counts = () => ++counter + Setting;
        Assert.Collection(ClosureWriter.Write(counts).Warnings,
            w => Assert.Contains("static field ClosureTests.Setting", w, StringComparison.Ordinal),
            w => Assert.Contains("captured variable 'counter'", w, StringComparison.Ordinal));
        var read = 3;
        Assert.Empty(ClosureWriter.Write((Func<int>)(() => read + 1)).Warnings);
        // Its own parameter, and a variable of its own, for a lambda within.
        Func<int, int> own = x =>
        {
            var sum = 0;
            foreach (var y in Enumerable.Range(0, 3).Select(i => i + x))
                new List<int> { y }.ForEach(z => sum += z);
            return sum;
        };
        Assert.Empty(ClosureWriter.Write(own).Warnings);
    }

    [Fact]
    public void Only_assemblies_that_executors_do_not_have_are_named_for_shipping()
    {
        Assert.Equal([typeof(ClosureTests).Assembly], ClosureWriter.Write((Func<string>)(() => "x")).Assemblies);
        Assert.Empty(ClosureWriter.Write(new Dictionary<string, int> { ["a"] = 1 }).Assemblies);
    }

    [Fact]
    public void Another_build_of_an_assembly_is_not_taken_for_the_same()
    {
        var bytes = ClosureWriter.Write((Func<string>)(() => "x")).Bytes;
        var version = typeof(ClosureTests).Module.ModuleVersionId.ToByteArray();
        var at = bytes.AsSpan().IndexOf(version);
        bytes[at]++;
        Assert.Contains("another build", Assert.Throws<ClosureException>(() => ClosureReader.Read(bytes, LoadedAssemblies.Own)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_are_refused_and_nothing_worse()
    {
        var (text, list) = ("text", new List<string> { "a", "b" });
        var good = ClosureWriter.Write((Func<string>)(() => text + list[0])).Bytes;
        for (var length = 0; length < good.Length; length++)
            Assert.Throws<ClosureException>(() => ClosureReader.Read(good.AsMemory(0, length), LoadedAssemblies.Own));
    }

    [Fact]
    public void An_object_may_travel_as_another()
    {
        var handle = new Handle { Number = 3, Data = new MemoryStream() };
        Func<string> function = () => $"{handle.Number} {handle.Data is null} {handle.IsRestored}";
        Assert.Equal("3 True True", ((Func<string>)ClosureReader.Read(ClosureWriter.Write(function).Bytes, LoadedAssemblies.Own))());
    }

    internal static int Setting = 3;

    private sealed class Handle : IShipped
    {
        public int Number { get; init; }

        public Stream? Data { get; init; }

        public bool IsRestored { get; init; }

        public object Surrogate => new Shipped(Number);

        private sealed record Shipped(int Number) : IRestored
        {
            public object Restore() => new Handle { Number = Number, IsRestored = true };
        }
    }

    private static T Ship<T>(T value) where T : class =>
        (T)ClosureReader.Read(ClosureWriter.Write(value).Bytes, new LoadedAssemblies(new Elsewhere()));
}
