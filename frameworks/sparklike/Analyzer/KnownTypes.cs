using Microsoft.CodeAnalysis;

namespace Agora.Spark.Analyzer;

/// <summary>The types that the rules are about, as a compilation knows them.</summary>
internal sealed class KnownTypes
{
    /// <summary>Objects of these mean nothing in another process; the library refuses them when it ships a function.</summary>
    private static readonly string[] Unshippable =
    [
        "Agora.Spark.SparkContext", "System.IO.Stream", "System.IO.TextReader", "System.IO.TextWriter",
        "System.Text.RegularExpressions.Regex", "System.Runtime.InteropServices.SafeHandle", "System.Threading.Tasks.Task",
        "System.Threading.CancellationTokenSource", "System.Threading.WaitHandle", "System.Threading.SemaphoreSlim",
        "System.Threading.Thread", "System.Threading.Timer", "System.WeakReference", "System.WeakReference`1",
        "System.Reflection.Assembly", "System.Reflection.Module", "System.IServiceProvider", "System.Net.Sockets.Socket",
        "System.Net.Http.HttpMessageInvoker", "System.Diagnostics.Process", "System.Data.Common.DbConnection", "System.Lazy`1",
        "System.Threading.ThreadLocal`1", "System.Threading.AsyncLocal`1", "Microsoft.Extensions.Logging.ILogger",
    ];

    private readonly INamedTypeSymbol _dataset, _typedDataset;
    private readonly INamedTypeSymbol? _context;
    private readonly HashSet<ISymbol> _unshippable = new(SymbolEqualityComparer.Default);

    private KnownTypes(Compilation compilation, INamedTypeSymbol dataset, INamedTypeSymbol typedDataset)
    {
        (_dataset, _typedDataset) = (dataset, typedDataset);
        _context = compilation.GetTypeByMetadataName("Agora.Spark.SparkContext");
        foreach (var name in Unshippable)
            if (compilation.GetTypeByMetadataName(name) is { } type)
                _unshippable.Add(type);
    }

    /// <summary>Null if the compilation does not use the library.</summary>
    public static KnownTypes? In(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Agora.Spark.RDD") is { } dataset && compilation.GetTypeByMetadataName("Agora.Spark.RDD`1") is { } typed
            ? new KnownTypes(compilation, dataset, typed) : null;

    /// <summary>Functions that are passed to it run on executors.</summary>
    public bool Ships(IMethodSymbol method)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _dataset.ContainingAssembly))
            return false;
        return Is(method.ContainingType, _typedDataset) || method.IsExtensionMethod && IsDataset(method.Parameters[0].Type) ||
            Is(method.ContainingType, _context) && method.Parameters.Any(p => IsDataset(p.Type));
    }

    public bool IsDataset(ITypeSymbol? type) => Bases(type).Any(b => Is(b, _dataset));

    public bool IsUnshippable(ITypeSymbol? type) =>
        Bases(type).Concat(type?.AllInterfaces ?? []).Any(t => _unshippable.Contains(t.OriginalDefinition));

    /// <summary>Declared by the user, as far as names tell.</summary>
    public bool IsUsers(ISymbol symbol) => symbol.ContainingAssembly is { Name: var name } assembly &&
        !SymbolEqualityComparer.Default.Equals(assembly, _dataset.ContainingAssembly) &&
        name is not ("mscorlib" or "netstandard") && !name.StartsWith("System", StringComparison.Ordinal) &&
        !name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static IEnumerable<ITypeSymbol> Bases(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
            yield return type;
    }

    private static bool Is(ITypeSymbol type, INamedTypeSymbol? other) => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, other);
}
