using System.Collections.Concurrent;
using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>The state of a type's objects: all instance fields, of its base classes first, but those marked [NonSerialized].</summary>
internal static class InstanceFields
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Known = new();

    /// <summary>In the same order in every process that has the same build.</summary>
    public static FieldInfo[] Of(Type type) => Known.GetOrAdd(type, static t =>
    {
        List<FieldInfo> fields = [];
        for (var level = t; level is not null; level = level.BaseType)
            fields.InsertRange(0, level.GetFields(Own).Where(f => !f.IsDefined(typeof(NonSerializedAttribute), false)).OrderBy(f => f.MetadataToken));
        return [.. fields];
    });
}
