using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Records;

/// <summary>Which types can be keys: those of which it is known what their equality compares.</summary>
internal static class KeyRules
{
    /// <summary>Types of the library whose equality is that of their fields.</summary>
    private static readonly HashSet<Type> EqualByFields =
    [
        typeof(Guid), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Int128), typeof(UInt128), typeof(Index),
        typeof(Range), typeof(System.Text.Rune), typeof(Complex), typeof(Version), typeof(KeyValuePair<,>),
    ];

    /// <summary>Types that are hashed in a way of their own.</summary>
    private static readonly HashSet<Type> Canonical =
    [
        typeof(string), typeof(double), typeof(float), typeof(Half), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(BigInteger),
    ];

    /// <summary>Keys of these types are hashed as what they are when met.</summary>
    public static bool IsOpen(Type type) => type.IsInterface || type == typeof(object) || (type.IsAbstract && type.IsClass);

    public static bool IsCanonical(Type type) => type.IsPrimitive || type.IsEnum || Canonical.Contains(type);

    /// <returns>For people; null if keys of the type can be hashed.</returns>
    public static string? RefusalOf(Type type)
    {
        var path = new List<string>();
        if (Refuse(type, path, []) is not { } refusal)
            return null;
        var key = TypeNames.ForPeople(type);
        return path.Count == 0 ? $"values of the type {key} cannot be keys: {key} {refusal}"
            : $"values of the type {key} cannot be keys: {string.Join('.', path)} is of the type {refusal}";
    }

    private static string? Refuse(Type type, List<string> path, HashSet<Type> seen)
    {
        if (IsCanonical(type) || IsOpen(type) || typeof(IStableHash).IsAssignableFrom(type) || !seen.Add(type))
            return null;
        if (ReasonFor(type) is { } reason)
            return path.Count == 0 ? reason : $"{TypeNames.ForPeople(type)}, which {reason}";
        foreach (var field in FieldWalk.FieldsOf(type))
        {
            path.Add(TypeNames.ForPeople(field));
            if (Refuse(field.FieldType, path, seen) is { } refusal)
                return refusal;
            path.RemoveAt(path.Count - 1);
        }
        return null;
    }

    private static string? ReasonFor(Type type)
    {
        if (type.IsArray)
            return "is an array, which equals itself alone; use a tuple, a record or a string";
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (EqualByFields.Contains(definition) || Nullable.GetUnderlyingType(type) is not null || IsTuple(definition))
            return null;
        if (type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Name.Contains("AnonymousType", StringComparison.Ordinal))
            return null;
        var hasOwn = false;
        for (var level = type; level != typeof(object) && level != typeof(ValueType) && level is not null; level = level.BaseType)
        {
            const BindingFlags declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly;
            var any = level.GetMethod(nameof(Equals), declared, [typeof(object)]);
            var same = level.GetMethod(nameof(Equals), declared, [level]);
            if (any is null && same is null)
                continue;
            hasOwn = true;
            // Those of records compare field by field, unless the user has written them.
            if (same is null || !same.IsDefined(typeof(CompilerGeneratedAttribute)))
                return "has an Equals of its own, of which is not known what it compares; make it a record, or implement IStableHash";
        }
        return type.IsValueType || hasOwn ? null : "equals itself alone, which no copy does; make it a record, or implement IStableHash";
    }

    private static bool IsTuple(Type definition) => definition.Assembly == typeof(object).Assembly &&
        (definition.FullName!.StartsWith("System.ValueTuple", StringComparison.Ordinal) || definition.FullName.StartsWith("System.Tuple`", StringComparison.Ordinal));
}
