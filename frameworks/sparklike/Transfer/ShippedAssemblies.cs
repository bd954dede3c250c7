using System.Reflection;
using System.Runtime.Loader;
using Agora.Spark.Closures;

namespace Agora.Spark.Transfer;

/// <summary>
/// The user's assemblies on an executor: each is asked of the driver when code first names it, kept as a file of the
/// sandbox, and loaded into a context of its own. What Agora and .NET bring is shared with the executor.
/// </summary>
/// <param name="get">Asks the driver for bytes by name; null if it has none.</param>
internal sealed class ShippedAssemblies(string directory, Func<string, byte[]?> get) : AssemblyLoadContext("application"), IAssemblySource
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public Assembly Find(string name, Guid version) => new LoadedAssemblies(IsOurs(name) ? Default : this).Find(name, version);

    /// <summary>By its simple name; null if neither this process nor the driver has it.</summary>
    public Assembly? Find(string name)
    {
        try
        {
            return (IsOurs(name) ? Default : this).LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || IsOurs(name))
            return null;
        lock (_gate)
        {
            var path = Path.Combine(directory, name + ".dll");
            if (!File.Exists(path))
            {
                if (get($"assembly {name}") is not { } bytes)
                    return null;
                Directory.CreateDirectory(directory);
                // So that failures tell the user's lines.
                if (get($"symbols {name}") is { } symbols)
                    File.WriteAllBytes(Path.ChangeExtension(path, ".pdb"), symbols);
                File.WriteAllBytes(path + ".new", bytes);
                File.Move(path + ".new", path);
            }
            return LoadFromAssemblyPath(path);
        }
    }

    private static bool IsOurs(string name) => Default.Assemblies.Any(a => a.GetName().Name == name && LoadedAssemblies.IsShared(a)) ||
        LoadedAssemblies.IsOfRuntime(name);
}
