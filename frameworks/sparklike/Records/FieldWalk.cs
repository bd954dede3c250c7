using System.Reflection;

namespace Agora.Spark.Records;

/// <summary>The fields that make up a value.</summary>
internal static class FieldWalk
{
    /// <summary>Those of base classes first, in the order in which they were compiled; the same in every process.</summary>
    public static IReadOnlyList<FieldInfo> FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
            fields.InsertRange(0, level
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(f => !f.IsDefined(typeof(NonSerializedAttribute))).OrderBy(f => f.MetadataToken));
        return fields;
    }
}
