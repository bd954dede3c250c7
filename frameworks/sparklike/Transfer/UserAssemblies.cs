using System.Collections.Concurrent;
using System.Reflection;

namespace Agora.Spark.Transfer;

/// <summary>The program's assemblies, as executors ask for them.</summary>
internal static class UserAssemblies
{
    private static readonly ConcurrentDictionary<string, (byte[] Image, byte[] Symbols)> InMemory = new(StringComparer.Ordinal);

    /// <summary>Makes an assembly known that no file holds.</summary>
    /// <param name="symbols">What tells lines of its source.</param>
    public static void Add(string name, byte[] image, byte[] symbols) => InMemory[name] = (image, symbols);

    /// <summary>Null if the program has none of that name.</summary>
    public static ReadOnlyMemory<byte>? Find(string name)
    {
        if (InMemory.TryGetValue(name, out var known))
            return known.Image;
        return FileOf(name) is { } path ? File.ReadAllBytes(path) : null;
    }

    /// <summary>What tells lines of its source; null if there is nothing of the kind.</summary>
    public static ReadOnlyMemory<byte>? Symbols(string name)
    {
        if (InMemory.TryGetValue(name, out var known))
            return known.Symbols;
        return FileOf(name) is { } path && Path.ChangeExtension(path, ".pdb") is var symbols && File.Exists(symbols) ? File.ReadAllBytes(symbols) : null;
    }

    private static string? FileOf(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name)).Location is { Length: > 0 } path ? path : null;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
