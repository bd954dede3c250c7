using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Text;

namespace Agora.Spark.Shell;

/// <summary>
/// Compiles and runs C# piece by piece; each piece sees what those before it have declared. Roslyn's own scripting does the
/// same and keeps the assemblies to itself, which executors need.
/// </summary>
/// <param name="globals">Its members are known to all pieces.</param>
/// <param name="emitted">Told of each piece's assembly before it runs.</param>
public sealed class ScriptSession(object globals, Action<PieceAssembly> emitted)
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    private static readonly string[] Imports =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading", "System.Threading.Tasks", "Agora.Spark"];

    private static readonly MetadataReference[] References = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
        .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
        .Select(path => MetadataReference.CreateFromFile(path))];

    private static int _sessions;

    // One process has one assembly of a name.
    private readonly int _session = Interlocked.Increment(ref _sessions);
    private readonly HashSet<string> _loaded = new(StringComparer.Ordinal);
    private CSharpCompilation? _last;
    private int _pieces;

    // The compiler's agreement with its host: globals at 0, then the objects of the pieces that have code.
    private object?[] _slots = [globals, null];
    private int _used = 1;

    /// <summary>False if more lines must follow for it to mean something.</summary>
    public static bool IsComplete(string text) => SyntaxFactory.IsCompleteSubmission(CSharpSyntaxTree.ParseText(text, Parsing));

    /// <summary>Runs a piece to its end.</summary>
    /// <returns>Its value, if its last statement is an expression without a semicolon.</returns>
    /// <exception cref="CompilationErrorException">It is not C#; nothing of it has run.</exception>
    /// <exception cref="Exception">What it throws. What it had declared is there all the same.</exception>
    public async Task<PieceResult> RunAsync(string text)
    {
        var number = _pieces + 1;
        var source = SourceText.From(text, Encoding.UTF8);
        var tree = CSharpSyntaxTree.ParseText(source, Parsing, path: $"prompt {number}");
        var name = $"agora-prompt-{_session}-{number}";
        var compilation = CSharpCompilation.CreateScriptCompilation(name, tree, References, OptionsOf(number), _last, typeof(object), globals.GetType());
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        // Of a piece of directives alone nothing is emitted, and it has no object.
        var hasCode = compilation.SyntaxTrees.Any(t => t.GetCompilationUnitRoot().Members.Count > 0);
        var diagnostics = hasCode
            ? compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)).Diagnostics
            : compilation.GetDiagnostics();
        if (diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToArray() is { Length: > 0 } errors)
            throw new CompilationErrorException(string.Join('\n', errors.Select(e => e.ToString())), [.. errors]);
        _pieces = number;
        _last = compilation;
        if (!hasCode)
            return default;
        LoadDirectives(compilation);
        emitted(new PieceAssembly(name, image.ToArray(), symbols.ToArray()));
        image.Position = symbols.Position = 0;
        var assembly = AssemblyLoadContext.Default.LoadFromStream(image, symbols);
        if (++_used >= _slots.Length)
            Array.Resize(ref _slots, 2 * _slots.Length);
        var entry = compilation.GetEntryPoint(CancellationToken.None)!;
        var factory = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        var value = await factory.CreateDelegate<Func<object?[], Task<object?>>>()(_slots);
        return new PieceResult(HasValue(compilation, tree), value);
    }

    private static CSharpCompilationOptions OptionsOf(int number) => new(
        OutputKind.DynamicallyLinkedLibrary, scriptClassName: $"Submission#{number}", usings: Imports, optimizationLevel: OptimizationLevel.Release,
        allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations,
        metadataReferenceResolver: ScriptMetadataResolver.Default.WithBaseDirectory(Environment.CurrentDirectory),
        sourceReferenceResolver: ScriptSourceResolver.Default.WithBaseDirectory(Environment.CurrentDirectory));

    /// <summary>What <c>#r</c> names.</summary>
    private void LoadDirectives(CSharpCompilation compilation)
    {
        foreach (var reference in compilation.DirectiveReferences.OfType<PortableExecutableReference>())
            if (reference.FilePath is { } path && _loaded.Add(path))
                AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
    }

    private static bool HasValue(CSharpCompilation compilation, SyntaxTree tree) =>
        tree.GetCompilationUnitRoot().Members is [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }] &&
        compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type is not { SpecialType: SpecialType.System_Void };
}
