using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>An object with all it refers to, as bytes for another process.</summary>
/// <param name="Assemblies">Whose types and methods are named in it, but for those of .NET and of Agora.</param>
/// <param name="Warnings">What will most likely not do what its author meant, in sentences; see <see cref="ClosureCleaner"/>.</param>
public sealed record ShippedGraph(byte[] Bytes, IReadOnlyList<Assembly> Assemblies, IReadOnlyList<string> Warnings);

/// <summary>Finds the assemblies that shipped objects name.</summary>
public interface IAssemblySource
{
    /// <param name="name">Its simple name.</param>
    /// <param name="version">The module version id: that of this very build and no other.</param>
    /// <exception cref="ClosureException">It is not there, or in another build.</exception>
    Assembly Find(string name, Guid version);
}

/// <summary>Goes to other processes as something else.</summary>
public interface IShipped
{
    /// <summary>What is shipped in its place; if that is an <see cref="IRestored"/>, it makes what is used there.</summary>
    object Surrogate { get; }
}

/// <summary>Becomes something else where it arrives.</summary>
public interface IRestored
{
    object Restore();

    /// <summary>True if all copies of a function may have the same one: nobody changes it.</summary>
    bool IsShared => false;
}
