using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Agora.Spark.Records;

/// <summary>Types whose values mean nothing in another process, and why.</summary>
internal static class Refusals
{
    private const string OfProcess = "which belongs to the process that made it; make one where it is used, in MapPartitions say";

    private static readonly (Type Type, string Reason)[] Bases =
    [
        (typeof(Delegate), "which is code; only functions given to datasets are shipped, not records that hold some"),
        (typeof(Expression), "which is code; only functions given to datasets are shipped, not records that hold some"),
        (typeof(Regex), "which is compiled in its process; keep its pattern, and make it where it is used"),
        (typeof(Stream), OfProcess),
        (typeof(TextReader), OfProcess),
        (typeof(TextWriter), OfProcess),
        (typeof(BinaryReader), OfProcess),
        (typeof(BinaryWriter), OfProcess),
        (typeof(SafeHandle), OfProcess),
        (typeof(CriticalHandle), OfProcess),
        (typeof(GCHandle), OfProcess),
        (typeof(MemberInfo), OfProcess),
        (typeof(Assembly), OfProcess),
        (typeof(Module), OfProcess),
        (typeof(Task), "which is work under way; wait for it and keep its result"),
        (typeof(ValueTask), "which is work under way; wait for it and keep its result"),
        (typeof(IAsyncStateMachine), "which is work under way; wait for it and keep its result"),
        (typeof(Thread), OfProcess),
        (typeof(Timer), OfProcess),
        (typeof(WaitHandle), OfProcess),
        (typeof(SynchronizationContext), OfProcess),
        (typeof(CancellationTokenSource), OfProcess),
        (typeof(CancellationToken), OfProcess),
        (typeof(SemaphoreSlim), OfProcess),
        (typeof(ReaderWriterLockSlim), OfProcess),
        (typeof(System.Diagnostics.Process), OfProcess),
        (typeof(HttpMessageInvoker), OfProcess),
        (typeof(System.Net.Sockets.Socket), OfProcess),
        (typeof(Encoding), "keep its name instead"),
        (typeof(WeakReference), OfProcess),
        (typeof(System.Collections.Hashtable), "whose fields hold hashes of its process; use a Dictionary"),
        (typeof(IFormatProvider), "keep its name instead"),
        (typeof(SparkContext), "which only the driver has; datasets cannot be used inside of datasets"),
        (typeof(RDD), "which only the driver can use; collect or join it instead of keeping it in a record"),
    ];

    private static readonly (Type Type, string Reason)[] Generics =
    [
        (typeof(Task<>), "which is work under way; wait for it and keep its result"),
        (typeof(ValueTask<>), "which is work under way; wait for it and keep its result"),
        (typeof(Lazy<>), "which holds code; keep its value"),
        (typeof(ThreadLocal<>), OfProcess),
        (typeof(AsyncLocal<>), OfProcess),
        (typeof(WeakReference<>), OfProcess),
        (typeof(ConditionalWeakTable<,>), OfProcess),
        (typeof(ConcurrentBag<>), "which is kept by thread; use a List"),
        (typeof(BlockingCollection<>), OfProcess),
        (typeof(Lookup<,>), "whose order depends on hashes of its process; use a Dictionary of Lists"),
    ];

    /// <summary>Null if its fields decide.</summary>
    public static string? ReasonFor(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint) || type == typeof(Pointer))
            return "which is an address in the memory of its process";
        if (type.IsByRefLike)
            return "which lives on the stack";
        if (type.ContainsGenericParameters)
            return "which is not closed";
        if (typeof(System.Globalization.CultureInfo).IsAssignableFrom(type))
            return null;
        foreach (var (refused, reason) in Bases)
            if (refused.IsAssignableFrom(type))
                return reason;
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (!level.IsGenericType)
                continue;
            var definition = level.GetGenericTypeDefinition();
            foreach (var (refused, reason) in Generics)
                if (refused == definition)
                    return reason;
            if (level != type && Codecs.Containers.IsHashed(definition))
                return $"which derives from {TypeNames.ForPeople(level)}, whose fields hold hashes of their process; keep one in a field instead";
        }
        if (type.IsValueType && type.GetCustomAttribute<InlineArrayAttribute>() is not null && IsManaged(type))
            return "which is an inline array of references; use an array";
        return null;
    }

    public static bool IsManaged(Type type) => (bool)IsManagedMethod.MakeGenericMethod(type).Invoke(null, null)!;

    private static readonly MethodInfo IsManagedMethod =
        typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!;
}
