using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>Reads what <see cref="NameWriter"/> wrote.</summary>
internal sealed class NameReader
{
    public NameReader(BinaryReader from, IAssemblySource source)
    {
        var assemblies = new Assembly[from.Read7BitEncodedInt()];
        for (var i = 0; i < assemblies.Length; i++)
            assemblies[i] = source.Find(from.ReadString(), new Guid(from.ReadBytes(16)));
        Types = new Type[from.Read7BitEncodedInt()];
        for (var i = 0; i < Types.Length; i++)
            Types[i] = ReadType(from, assemblies);
        Methods = new MethodBase[from.Read7BitEncodedInt()];
        for (var i = 0; i < Methods.Length; i++)
            Methods[i] = ReadMethod(from);
    }

    public Type[] Types { get; }

    public MethodBase[] Methods { get; }

    private Type ReadType(BinaryReader from, Assembly[] assemblies)
    {
        var kind = (Format.TypeKind)from.ReadByte();
        if (kind is Format.TypeKind.Vector or Format.TypeKind.Array)
        {
            var element = Types[from.Read7BitEncodedInt()];
            var rank = from.Read7BitEncodedInt();
            return kind == Format.TypeKind.Vector ? element.MakeArrayType() : element.MakeArrayType(rank);
        }
        var type = assemblies[from.Read7BitEncodedInt()].GetType(from.ReadString(), throwOnError: true)!;
        var arguments = ReadTypes(from);
        return arguments.Length > 0 ? type.MakeGenericType(arguments) : type;
    }

    private MethodBase ReadMethod(BinaryReader from)
    {
        var type = Types[from.Read7BitEncodedInt()];
        var token = from.ReadInt32();
        var arguments = ReadTypes(from);
        var method = type.Module.ResolveMethod(token)!;
        if (type.IsGenericType)
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, type.TypeHandle)!;
        return arguments.Length > 0 ? ((MethodInfo)method).MakeGenericMethod(arguments) : method;
    }

    private Type[] ReadTypes(BinaryReader from)
    {
        var types = new Type[from.Read7BitEncodedInt()];
        for (var i = 0; i < types.Length; i++)
            types[i] = Types[from.Read7BitEncodedInt()];
        return types;
    }
}
