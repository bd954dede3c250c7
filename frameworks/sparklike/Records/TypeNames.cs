using System.Reflection;

namespace Agora.Spark.Records;

/// <summary>Types as people write them, and as other processes find them.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(void)] = "void",
    };

    /// <summary>Where assemblies are looked for by their simple name, before those that are loaded already.</summary>
    public static Func<string, Assembly?>? FindAssembly { get; set; }

    /// <summary>As in C#: <c>(string, List&lt;int&gt;)</c>.</summary>
    public static string ForPeople(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsArray)
            return ForPeople(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        if (type.IsPointer)
            return ForPeople(type.GetElementType()!) + "*";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return ForPeople(underlying) + "?";
        if (!type.IsGenericType)
            return type.Name;
        var arguments = string.Join(", ", type.GetGenericArguments().Select(ForPeople));
        if (type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
            return $"({arguments})";
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? type.Name : type.Name[..tick])}<{arguments}>";
    }

    /// <summary>The property of a field that the compiler made for one; other fields' own names.</summary>
    public static string ForPeople(FieldInfo field) => field.Name is ['<', .. var rest] && rest.IndexOf('>', StringComparison.Ordinal) is > 0 and var end
        ? rest[..end] : field.Name;

    public static string ForWire(Type type) => type.AssemblyQualifiedName
        ?? throw new CodecException($"an object of the type {ForPeople(type)} cannot be written: the type has no name");

    /// <exception cref="InvalidDataException">No assembly here has it.</exception>
    public static Type FromWire(string name)
    {
        try
        {
            return Type.GetType(name, Find, null, throwOnError: true)!;
        }
        catch (Exception e) when (e is TypeLoadException or IOException or BadImageFormatException or ArgumentException)
        {
            throw new InvalidDataException($"the type {name} is not known here: {e.Message}", e);
        }
    }

    private static Assembly? Find(AssemblyName name) => FindAssembly?.Invoke(name.Name!)
        ?? AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == name.Name)
        ?? Assembly.Load(new AssemblyName(name.Name!));
}
