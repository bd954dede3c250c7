using System.Reflection;
using System.Runtime.Loader;

namespace Agora.Hadoop.Tasks.Classes;

/// <summary>
/// A user's assembly and what lies beside it, apart from those of other jobs. The API itself is shared, so that the
/// user's mapper is a mapper here.
/// </summary>
internal sealed class JobAssembly : AssemblyLoadContext
{
    private readonly string _directory;

    private JobAssembly(string directory, bool collectible) : base(directory, collectible) => _directory = directory;

    public Assembly Main { get; private set; } = null!;

    /// <param name="collectible">True if it is to be unloaded once the job has ended.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    public static JobAssembly Load(string path, bool collectible)
    {
        var full = Path.GetFullPath(path);
        var context = new JobAssembly(Path.GetDirectoryName(full)!, collectible);
        context.Main = context.LoadFromAssemblyPath(full);
        return context;
    }

    /// <summary>Finds what a job's properties name; null if it is not there.</summary>
    public Assembly? Find(AssemblyName name)
    {
        try
        {
            return LoadFromAssemblyName(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Main?.GetName().Name)
            return Main;
        var shared = Default.Assemblies.FirstOrDefault(a => a.GetName().Name == assemblyName.Name);
        if (shared is not null)
            return shared;
        var path = Path.Combine(_directory, assemblyName.Name + ".dll");
        return assemblyName.Name is not ("Agora.Hadoop.Api" or "Agora.Storage") && File.Exists(path)
            ? LoadFromAssemblyPath(path) : null;
    }
}
