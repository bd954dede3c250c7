using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Agora.Spark.Closures;

/// <summary>Types whose objects mean nothing in another process, and what to do instead.</summary>
internal static class Refusals
{
    private const string MakeThere = "make it where it is used: inside of MapPartitions, or in a static readonly field";
    private const string Bound = "it is bound to this process";

    private static readonly (Type Type, string Why, string Fix)[] ByType =
    [
        (typeof(SparkContext), "it belongs to the program alone", "use it outside of functions that executors run"),
        (typeof(Stream), "a stream is open in this process alone", MakeThere),
        (typeof(TextReader), "it reads what is open in this process alone", MakeThere),
        (typeof(TextWriter), "it writes to what is open in this process alone", MakeThere),
        (typeof(Regex), "it is compiled for this process", "capture its pattern and " + MakeThere),
        (typeof(SafeHandle), "it is a handle of this process", MakeThere),
        (typeof(Task), "it is under way in this process", "await it before, and capture its result"),
        (typeof(CancellationTokenSource), Bound, "use the task context's token"),
        (typeof(WaitHandle), Bound, "functions cannot wait for each other over processes"),
        (typeof(SemaphoreSlim), Bound, "functions cannot wait for each other over processes"),
        (typeof(Thread), Bound, MakeThere),
        (typeof(Timer), Bound, MakeThere),
        (typeof(WeakReference), Bound, "capture what it refers to"),
        (typeof(Assembly), Bound, "capture a type of it"),
        (typeof(MemberInfo), "it describes code of this process", "capture a type or a method"),
        (typeof(ParameterInfo), "it describes code of this process", "capture a type or a method"),
        (typeof(Module), Bound, "capture a type of it"),
        (typeof(IServiceProvider), Bound, MakeThere),
        (typeof(System.Net.Sockets.Socket), "it is a connection of this process", MakeThere),
        (typeof(System.Net.Http.HttpMessageInvoker), "it holds connections of this process", MakeThere),
        (typeof(System.Diagnostics.Process), Bound, MakeThere),
        (typeof(System.Data.Common.DbConnection), "it is a connection of this process", MakeThere),
        (typeof(IAsyncStateMachine), "it is an async method under way", "capture what it awaits instead"),
    ];

    private static readonly (Type Type, string Fix)[] ByDefinition =
    [
        (typeof(Lazy<>), "capture its value, or make it in a static readonly field"),
        (typeof(ThreadLocal<>), MakeThere),
        (typeof(AsyncLocal<>), MakeThere),
        (typeof(WeakReference<>), "capture what it refers to"),
        (typeof(ConditionalWeakTable<,>), MakeThere),
    ];

    private static readonly string[] ByName = ["Microsoft.Extensions.Logging.ILogger", "Microsoft.EntityFrameworkCore.DbContext"];

    /// <summary>Null if objects of the type may be shipped, as far as the type says.</summary>
    public static (string Why, string Fix)? Of(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRefLike || type == typeof(GCHandle))
            return ("it points into this process's memory", "capture the data");
        foreach (var (refused, why, fix) in ByType)
            if (refused.IsAssignableFrom(type))
                return (why, fix);
        for (var level = type; level is not null; level = level.BaseType)
        {
            foreach (var (refused, fix) in ByDefinition)
                if (level.IsGenericType && level.GetGenericTypeDefinition() == refused)
                    return (Bound, fix);
            if (ByName.Contains(level.FullName))
                return (Bound, MakeThere);
        }
        if (type.GetInterfaces().Any(i => ByName.Contains(i.FullName)))
            return (Bound, MakeThere);
        return type.Assembly.IsDynamic ? ("its type was made at run time, and other processes do not have it", "use a type of the program") : null;
    }
}
