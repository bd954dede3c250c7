using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Agora.Hadoop.Tasks.Classes;
using Agora.MapReduce;

namespace Agora.Hadoop.Submission;

/// <summary>A user's assembly as the program that <c>hadoop jar</c> runs.</summary>
internal sealed class UserProgram
{
    private readonly JobAssembly _assembly;
    private readonly string _path;

    private UserProgram(string path)
    {
        _path = Path.GetFullPath(path);
        _assembly = JobAssembly.Load(_path, collectible: false);
    }

    /// <exception cref="UsageException">It is no .NET assembly.</exception>
    public static UserProgram Load(string path)
    {
        try
        {
            return new UserProgram(path);
        }
        catch (Exception e) when (e is FileNotFoundException or BadImageFormatException)
        {
            throw new UsageException($"{path} cannot be run: {e.Message}");
        }
    }

    /// <summary>Runs the class that the first argument names, or else the assembly's own entry point.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">There is nothing to run.</exception>
    public async Task<int> RunAsync(string[] args)
    {
        if (args.Length > 0 && FindClass(args[0]) is { } named)
            return await RunClassAsync(named, args[1..]);
        if (_assembly.Main.EntryPoint is { } entry)
            return await InvokeAsync(entry, args);
        throw new UsageException(args.Length == 0
            ? $"{_path} has no entry point; name a class of it that has a static Main or implements ITool"
            : $"class not found: {args[0]}; {_path} has no entry point, so the first argument must name a class " +
                "with its namespace");
    }

    /// <summary>The assembly and, of those it refers to, what lies beside it.</summary>
    public IReadOnlyList<string> Files()
    {
        List<string> files = [_path];
        for (var i = 0; i < files.Count; i++)
        {
            using var stream = File.OpenRead(files[i]);
            using var image = new PEReader(stream);
            var metadata = image.GetMetadataReader();
            foreach (var handle in metadata.AssemblyReferences)
            {
                var name = metadata.GetString(metadata.GetAssemblyReference(handle).Name);
                var file = Path.Combine(Path.GetDirectoryName(_path)!, name + ".dll");
                if (name is not ("Agora.Hadoop.Api" or "Agora.Storage") && File.Exists(file) && !files.Contains(file))
                    files.Add(file);
            }
        }
        return files;
    }

    private Type? FindClass(string name) => _assembly.Main.GetType(name, throwOnError: false) is { } type &&
        (type.IsAssignableTo(typeof(ITool)) || MainOf(type) is not null) ? type : null;

    private static MethodInfo? MainOf(Type type) => type.GetMethod("Main",
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(string[])]);

    private static async Task<int> RunClassAsync(Type type, string[] args) => MainOf(type) is { } main
        ? await InvokeAsync(main, args) : ToolRunner.Run((ITool)Activator.CreateInstance(type)!, args);

    private static async Task<int> InvokeAsync(MethodInfo main, string[] args)
    {
        var result = main.Invoke(null, BindingFlags.DoNotWrapExceptions, null,
            main.GetParameters().Length == 0 ? null : [args], null);
        if (result is Task task)
        {
            await task;
            return result is Task<int> coded ? coded.Result : 0;
        }
        return result is int code ? code : 0;
    }
}
