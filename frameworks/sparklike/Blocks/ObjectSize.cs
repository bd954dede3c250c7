using System.Reflection;
using System.Runtime.CompilerServices;
using Agora.Spark.Records;

namespace Agora.Spark.Blocks;

/// <summary>
/// About how much memory values take with all they refer to, on a 64-bit machine. Of long arrays a part is looked at.
/// </summary>
internal static class ObjectSize
{
    private const int HeadBytes = 16, ReferenceBytes = 8, ArrayHeadBytes = 24;

    /// <summary>As many items of an array are looked at.</summary>
    private const int SampleMax = 32;

    /// <summary>Past so many objects a value is taken to be what has been seen of it.</summary>
    private const int ObjectsMax = 10_000;

    private static readonly ConditionalWeakTable<Type, Layout> Layouts = [];

    private static readonly ConditionalWeakTable<Type, Place> Places = [];

    /// <param name="References">Fields that are objects, or structures that hold some.</param>
    private sealed record Layout(long ObjectBytes, IReadOnlyList<FieldInfo> References);

    /// <summary>A field, or an item of an array.</summary>
    /// <param name="Refers">To an object, or to some within.</param>
    private sealed record Place(int Bytes, bool Refers);

    public static bool IsFixed<T>() => !RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    /// <summary>Of the value where it is kept, and of the objects it refers to.</summary>
    public static long Of<T>(T value) => Unsafe.SizeOf<T>() + ReferredBy(value);

    /// <summary>Of the objects that a value refers to.</summary>
    public static long ReferredBy<T>(T value)
    {
        if (IsFixed<T>() || value is null)
            return 0;
        if (value is string text)
            return OfString(text);
        var walk = new Walk();
        walk.Visit(value, isInline: typeof(T).IsValueType);
        return walk.Total();
    }

    private static long OfString(string text) => Aligned(22 + (2L * text.Length));

    private static long Aligned(long bytes) => (bytes + 7) & ~7;

    private static Layout LayoutOf(Type type)
    {
        if (Layouts.TryGetValue(type, out var known))
            return known;
        var fields = FieldsOf(type);
        var layout = new Layout(Aligned(HeadBytes + fields.Sum(f => PlaceOf(f.FieldType).Bytes)), [.. fields.Where(f => PlaceOf(f.FieldType).Refers)]);
        Layouts.TryAdd(type, layout);
        return layout;
    }

    private static List<FieldInfo> FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
            fields.AddRange(level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        return fields;
    }

    private static Place PlaceOf(Type type) => Places.GetValue(type, static t => t.IsValueType
        ? new Place((int)SizeMethod.MakeGenericMethod(t).Invoke(null, null)!, Refusals.IsManaged(t))
        : new Place(ReferenceBytes, !t.IsPointer && !t.IsFunctionPointer));

    private static readonly MethodInfo SizeMethod = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!;

    private sealed class Walk
    {
        private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
        private readonly Stack<(object Value, bool IsInline, double Weight)> _open = [];
        private double _total;

        public void Visit(object? value, bool isInline, double weight = 1)
        {
            if (value is null or Type or Delegate)
                return;
            if (isInline || _seen.Add(value))
                _open.Push((value, isInline, weight));
        }

        public long Total()
        {
            while (_seen.Count < ObjectsMax && _open.TryPop(out var next))
            {
                var (value, isInline, weight) = next;
                if (value is string text)
                    _total += weight * OfString(text);
                else if (value is Array array)
                    AddArray(array, weight);
                else
                    AddFields(value, isInline, weight);
            }
            return (long)_total;
        }

        private void AddFields(object value, bool isInline, double weight)
        {
            var layout = LayoutOf(value.GetType());
            if (!isInline)
                _total += weight * layout.ObjectBytes;
            foreach (var field in layout.References)
                Visit(field.GetValue(value), field.FieldType.IsValueType, weight);
        }

        private void AddArray(Array array, double weight)
        {
            var item = array.GetType().GetElementType()!;
            var place = PlaceOf(item);
            _total += weight * Aligned(ArrayHeadBytes + ((long)array.Length * place.Bytes));
            if (!place.Refers || array.Rank > 1 || array.Length == 0)
                return;
            var step = Math.Max(1, array.Length / SampleMax);
            var looked = (array.Length + step - 1) / step;
            for (var i = 0; i < array.Length; i += step)
                Visit(array.GetValue(i), item.IsValueType, weight * array.Length / looked);
        }
    }
}
