using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Agora.Spark.Closures;

/// <summary>
/// Finds which captured variables a lambda really uses. The compiler keeps the variables of one scope in one object for
/// all lambdas in it; what only its neighbours use must not be shipped, and often cannot be. Reads the code of the lambda
/// and of all the compiler made from it: nested lambdas, local functions, iterators, async methods. At a prompt the variables
/// of all its lines are such scopes.
/// </summary>
internal sealed class ClosureCleaner
{
    private readonly HashSet<(Module, int)> _scanned = [];
    private readonly HashSet<(Module, int)> _used = [];
    private readonly HashSet<Type> _whole = [];
    private readonly SortedSet<string> _warnings = new(StringComparer.Ordinal);
    private readonly HashSet<(Type Scope, string Variable)> _written = [];
    private readonly HashSet<Type> _made = [];

    /// <summary>
    /// Captured variables that are written to and writable statics that are read, in sentences. A scope that the code
    /// itself makes is no captured one, even if it holds parameters for a lambda within.
    /// </summary>
    public IReadOnlyCollection<string> Warnings => [.. _warnings.Concat(_written.Where(w => !_made.Contains(w.Scope)).Select(w =>
        $"a function writes to the captured variable '{w.Variable}': executors change copies of their own, and the program " +
        "sees nothing of it; use an accumulator, or return the value").Order(StringComparer.Ordinal))];

    /// <summary>An object in which the compiler keeps captured variables.</summary>
    public static bool IsScope(Type type) => IsSubmission(type) ||
        type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) && IsGenerated(type);

    public bool IsUsed(FieldInfo field) =>
        _used.Contains((field.Module, field.MetadataToken)) || _whole.Contains(Definition(field.DeclaringType!));

    /// <summary>Something that is not a lambda holds it: who knows what it uses.</summary>
    public void UseWhole(Type scope) => _whole.Add(Definition(scope));

    public void Scan(MethodBase method)
    {
        var pending = new Stack<MethodBase>([method]);
        while (pending.TryPop(out var next))
        {
            // Code that was compiled at run time has no declaring type; it is refused elsewhere.
            if (next.DeclaringType is null || !_scanned.Add((next.Module, next.MetadataToken)))
                continue;
            foreach (var (code, member) in IlTokens.MembersIn(next))
                See(code, member, pending);
        }
    }

    private void See(OpCode code, MemberInfo member, Stack<MethodBase> pending)
    {
        if (member is FieldInfo field)
            See(code, field);
        if ((member as Type ?? member.DeclaringType) is not { } type)
            return;
        if (code == OpCodes.Newobj && IsScope(type))
            _made.Add(Definition(type));
        if (IsMachine(type))
        {
            foreach (var method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                pending.Push(method);
        }
        else if (member is MethodBase called && (called.Name.StartsWith('<') || type.Name.StartsWith('<') || IsSubmission(type)))
        {
            pending.Push(called);
        }
    }

    private void See(OpCode code, FieldInfo field)
    {
        if (field.IsStatic)
        {
            if (code == OpCodes.Ldsfld && !field.IsInitOnly && !field.Name.StartsWith('<') && !LoadedAssemblies.IsShared(field.Module.Assembly))
            {
                _warnings.Add($"a function reads the static field {field.DeclaringType!.Name}.{field.Name}, which is not shipped: executors see the value " +
                    "it is initialized with; copy it to a local variable before, or make it readonly");
            }
            return;
        }
        if (!IsScope(field.DeclaringType!))
            return;
        _used.Add((field.Module, field.MetadataToken));
        if (code == OpCodes.Stfld && !field.Name.StartsWith("CS$", StringComparison.Ordinal) && !field.Name.StartsWith('<'))
            _written.Add((Definition(field.DeclaringType!), field.Name));
    }

    /// <summary>
    /// What was entered at a prompt at once: its variables are fields, its functions methods, and it refers to what was
    /// entered before.
    /// </summary>
    private static bool IsSubmission(Type type) => type.Name.StartsWith("Submission#", StringComparison.Ordinal) &&
        type.GetMethod("<Factory>", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is not null;

    /// <summary>An iterator's or async method's state machine.</summary>
    private static bool IsMachine(Type type) =>
        type.Name.StartsWith('<') && type.Name.Contains(">d", StringComparison.Ordinal) && IsGenerated(type);

    /// <summary>The compiler leaves its mark out in what is not declared itself.</summary>
    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), false) || type.DeclaringType is { } outer && IsSubmission(outer);

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
