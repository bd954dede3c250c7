using System.Reflection;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Records.Codecs;

/// <summary>Which classes have others derived from them in their own assembly.</summary>
internal static class Descendants
{
    private static readonly ConditionalWeakTable<Assembly, HashSet<Type>> Bases = [];

    /// <summary>
    /// Objects of unknown types are to be expected where a class is declared. Reads and writes must agree on it, so
    /// it depends on the class and its assembly alone, not on what a process has loaded; that a class of another
    /// assembly, or one that derives from the library's, leads back to its holder is not foreseen, and an error.
    /// </summary>
    public static bool AreExpected(Type type)
    {
        if (type == typeof(object) || type.IsAbstract && type != typeof(Type))
            return true;
        if (type.IsArray)
            return AreExpected(type.GetElementType()!);
        return type.Assembly != typeof(object).Assembly && Bases.GetValue(type.Assembly, BasesIn).Contains(Definition(type));
    }

    private static HashSet<Type> BasesIn(Assembly assembly) =>
        [.. assembly.GetTypes().Select(t => t.BaseType).OfType<Type>().Where(b => b.Assembly == assembly).Select(Definition)];

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
