using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Agora.Spark.Closures;

/// <summary>The assemblies of a load context, and those of .NET and of Agora that all contexts share.</summary>
public sealed class LoadedAssemblies(AssemblyLoadContext context) : IAssemblySource
{
    private static readonly string? RuntimeDirectory = Path.GetDirectoryName(typeof(object).Assembly.Location);

    private readonly ConcurrentDictionary<string, Assembly> _found = new(StringComparer.Ordinal);

    /// <summary>Those of this process.</summary>
    public static LoadedAssemblies Own { get; } = new(AssemblyLoadContext.Default);

    public Assembly Find(string name, Guid version)
    {
        var assembly = _found.GetOrAdd($"{name} {version}", _ => Load(name, version));
        var there = assembly.ManifestModule.ModuleVersionId;
        if (there != version)
        {
            throw new ClosureException(
                $"the assembly {name} is another build here than in the program that shipped the function ({there}, not {version}); " +
                (IsShared(assembly) ? "run driver and executors with the same .NET and the same Agora" : "build the program once and start it from there"));
        }
        return assembly;
    }

    /// <summary>True for assemblies that every process has, which are not shipped: those of .NET and the parts of Agora that programs use.</summary>
    internal static bool IsShared(Assembly assembly) =>
        assembly == typeof(LoadedAssemblies).Assembly || assembly == typeof(Agora.Storage.Stores).Assembly ||
        assembly == typeof(Agora.Sdk.IScheduler).Assembly || assembly == typeof(TaskSpec).Assembly ||
        Path.GetDirectoryName(assembly.Location) == RuntimeDirectory;

    /// <summary>True for an assembly that lies beside .NET's own.</summary>
    internal static bool IsOfRuntime(string name) => RuntimeDirectory is not null && File.Exists(Path.Combine(RuntimeDirectory, name + ".dll"));

    private Assembly Load(string name, Guid version)
    {
        // Loaded from memory, several may have one name.
        var loaded = context.Assemblies.FirstOrDefault(a => a.GetName().Name == name && a.ManifestModule.ModuleVersionId == version);
        if (loaded is not null)
            return loaded;
        try
        {
            return context.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            throw new ClosureException($"the assembly {name} that a shipped function is in is not here: {e.Message}", "", e);
        }
    }
}
