using System.Reflection;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Records.Codecs;

/// <summary>
/// What a member holds that is declared as a sequence may be a query or an iterator, which is code; its items are what is
/// meant, so they are computed and written.
/// </summary>
internal static class Sequences
{
    private static readonly ConditionalWeakTable<Type, object> Lazy = [];

    /// <returns>Null for types other than <see cref="IEnumerable{T}"/>.</returns>
    public static Delegate? SettlerOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>)
        ? typeof(Sequences).GetMethod(nameof(Settle), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.GetGenericArguments()).CreateDelegate(typeof(Func<,>).MakeGenericType(type, type))
        : null;

    private static IEnumerable<T> Settle<T>(IEnumerable<T> items) => items is T[] or List<T> || !IsLazy(items.GetType()) ? items : items.ToArray();

    private static bool IsLazy(Type type) => (bool)Lazy.GetValue(type, static t => IsQuery(t) || IsIterator(t));

    private static bool IsQuery(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
            if (level.DeclaringType == typeof(Enumerable) && level.Name.StartsWith("Iterator`", StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>As the compiler makes them of methods with <c>yield</c>.</summary>
    private static bool IsIterator(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Name.Contains(">d__", StringComparison.Ordinal);
}
