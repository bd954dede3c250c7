using System.Reflection;
using System.Runtime.Loader;
using Agora.Spark.Closures;
using Agora.Spark.Shell;
using Xunit;

namespace Agora.Tests.Fast.Spark.Shell;

/// <summary>Functions entered at a prompt, shipped to where the assemblies of its pieces are loaded anew.</summary>
public class ScriptClosureTests
{
    private readonly Dictionary<string, byte[]> _images = [];
    private readonly ScriptSession _session;

    public ScriptClosureTests() => _session = new ScriptSession(new object(), piece => _images[piece.Name] = piece.Image);

    private sealed class Elsewhere(IReadOnlyDictionary<string, byte[]> images) : AssemblyLoadContext("elsewhere")
    {
        protected override Assembly? Load(AssemblyName name) =>
            images.TryGetValue(name.Name!, out var image) ? LoadFromStream(new MemoryStream(image)) : null;
    }

    private async Task<T> Enter<T>(params string[] pieces)
    {
        var last = default(PieceResult);
        foreach (var piece in pieces)
            last = await _session.RunAsync(piece);
        Assert.True(last.HasValue);
        return (T)last.Value!;
    }

    private T Ship<T>(T function) where T : notnull =>
        (T)ClosureReader.Read(ClosureWriter.Write(function).Bytes, new LoadedAssemblies(new Elsewhere(_images)));

    [Theory]
    // In the prompt's own scope, in a block's, through functions, through what the compiler makes of iterators.
    [InlineData("(Func<int>)(() => n * m)")]
    [InlineData("Func<int> f; { var k = 0; f = () => k + n * m; } f")]
    [InlineData("int Times() => n * m; (Func<int>)(() => Times())")]
    [InlineData("int Times() { return n * m; } (Func<int>)Times")]
    [InlineData("IEnumerable<int> Both() { yield return n; yield return m; } (Func<int>)(() => Both().Aggregate((a, b) => a * b))")]
    [InlineData("int Product { get { return n * m; } } (Func<int>)(() => Product)")]
    [InlineData("record Pair(int A, int B); var pair = new Pair(n, m); (Func<int>)(() => pair.A * pair.B)")]
    public async Task A_function_takes_the_variables_of_earlier_pieces_that_it_uses_and_no_others(string last)
    {
        var function = await Enter<Func<int>>("var n = 6;", "var writer = new StringWriter(); var m = 7;", last);
        Assert.Equal(42, Ship(function)());
    }

    [Fact]
    public async Task What_cannot_be_shipped_is_called_as_at_the_prompt()
    {
        var function = await Enter<Func<string>>("var writer = new StringWriter();", "(Func<string>)(() => writer.ToString())");
        Assert.Equal("<target>.writer", Assert.Throws<ClosureException>(() => ClosureWriter.Write(function)).Path);
    }

    [Fact]
    public async Task Writing_to_a_variable_of_the_prompt_is_warned_of()
    {
        var function = await Enter<Func<int>>("var counter = 0;", "(Func<int>)(() => ++counter)");
        Assert.Contains("'counter'", Assert.Single(ClosureWriter.Write(function).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_piece_that_fails_leaves_what_it_had_declared()
    {
        await Assert.ThrowsAsync<DivideByZeroException>(() => _session.RunAsync("var seen = 5; var bad = seen / (seen - seen);"));
        Assert.Equal(5, await Enter<int>("using System.Numerics;", "seen"));
    }

    [Theory]
    [InlineData("var x = 1;", true)]
    [InlineData("1 + 1", true)]
    [InlineData("var x = 1", false)]
    [InlineData("int Twice(int x) {", false)]
    [InlineData("nums.Map(x =>", false)]
    public void Unfinished_statements_are_known(string text, bool isComplete) => Assert.Equal(isComplete, ScriptSession.IsComplete(text));
}
