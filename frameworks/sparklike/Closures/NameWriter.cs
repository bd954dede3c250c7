using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>The tables of what objects are made of: each assembly, type and method is named once.</summary>
internal sealed class NameWriter : IDisposable
{
    private readonly Dictionary<Assembly, int> _assemblies = [];
    private readonly Dictionary<Type, int> _types = [];
    private readonly Dictionary<MethodBase, int> _methods = [];
    private readonly MemoryStream _assemblyTable = new(), _typeTable = new(), _methodTable = new();

    public IEnumerable<Assembly> Assemblies => _assemblies.Keys;

    public int Of(Type type)
    {
        if (_types.TryGetValue(type, out var known))
            return known;
        using var entry = new MemoryStream();
        using var to = new BinaryWriter(entry);
        if (type.IsArray)
        {
            to.Write((byte)(type.IsSZArray ? Format.TypeKind.Vector : Format.TypeKind.Array));
            to.Write7BitEncodedInt(Of(type.GetElementType()!));
            to.Write7BitEncodedInt(type.GetArrayRank());
        }
        else
        {
            int[] arguments = [.. type.GenericTypeArguments.Select(Of)];
            to.Write((byte)(arguments.Length > 0 ? Format.TypeKind.Generic : Format.TypeKind.Named));
            to.Write7BitEncodedInt(Of(type.Assembly));
            to.Write((arguments.Length > 0 ? type.GetGenericTypeDefinition() : type).FullName!);
            to.Write7BitEncodedInt(arguments.Length);
            foreach (var argument in arguments)
                to.Write7BitEncodedInt(argument);
        }
        entry.WriteTo(_typeTable);
        return _types[type] = _types.Count;
    }

    public int Of(MethodBase method)
    {
        if (_methods.TryGetValue(method, out var known))
            return known;
        using var entry = new MemoryStream();
        using var to = new BinaryWriter(entry);
        Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        to.Write7BitEncodedInt(Of(method.DeclaringType!));
        to.Write(method.MetadataToken);
        to.Write7BitEncodedInt(arguments.Length);
        foreach (var argument in arguments)
            to.Write7BitEncodedInt(Of(argument));
        entry.WriteTo(_methodTable);
        return _methods[method] = _methods.Count;
    }

    public void WriteTo(BinaryWriter to)
    {
        Write(to, _assemblies.Count, _assemblyTable);
        Write(to, _types.Count, _typeTable);
        Write(to, _methods.Count, _methodTable);
    }

    public void Dispose()
    {
        _assemblyTable.Dispose();
        _typeTable.Dispose();
        _methodTable.Dispose();
    }

    private int Of(Assembly assembly)
    {
        if (_assemblies.TryGetValue(assembly, out var known))
            return known;
        using var to = new BinaryWriter(_assemblyTable, System.Text.Encoding.UTF8, leaveOpen: true);
        to.Write(assembly.GetName().Name!);
        to.Write(assembly.ManifestModule.ModuleVersionId.ToByteArray());
        return _assemblies[assembly] = _assemblies.Count;
    }

    private static void Write(BinaryWriter to, int count, MemoryStream table)
    {
        to.Write7BitEncodedInt(count);
        to.Write(table.GetBuffer().AsSpan(0, (int)table.Length));
    }
}
