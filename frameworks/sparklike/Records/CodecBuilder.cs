using System.Globalization;
using System.Runtime.CompilerServices;
using Agora.Spark.Records.Codecs;

namespace Agora.Spark.Records;

/// <summary>Makes codecs from types, each once in a process.</summary>
internal sealed class CodecBuilder
{
    private static readonly Lock Making = new();

    /// <summary>Of values of exactly the type, and of members that are declared as it. Goes with the types.</summary>
    private static readonly ConditionalWeakTable<Type, RecordCodec> Exact = [], Members = [];

    private readonly Type _root;
    private readonly List<string> _path = [];
    private readonly Dictionary<Type, RecordCodec> _exact = [], _members = [];

    private CodecBuilder(Type root) => _root = root;

    /// <summary>For a member that is declared as a type, and may hold what derives from it.</summary>
    /// <exception cref="CodecException">Its values cannot be written.</exception>
    public static RecordCodec MemberOf(Type type) => Members.TryGetValue(type, out var known) ? known : Make(type, b => b.Member(type));

    /// <summary>For values that are of exactly this type.</summary>
    /// <exception cref="CodecException">They cannot be written.</exception>
    public static RecordCodec ExactOf(Type type) => Exact.TryGetValue(type, out var known) ? known : Make(type, b => b.ExactMember(type));

    public static void Register(Type type, RecordCodec codec)
    {
        lock (Making)
        {
            if (!Exact.TryAdd(type, codec))
                throw new InvalidOperationException($"the type {TypeNames.ForPeople(type)} has a codec already: register yours before it is used");
        }
    }

    private static RecordCodec Make(Type type, Func<CodecBuilder, RecordCodec> make)
    {
        lock (Making)
        {
            var builder = new CodecBuilder(type);
            var codec = make(builder);
            // Only now, as those that were begun before a refusal are not complete.
            foreach (var (made, one) in builder._exact)
                Exact.TryAdd(made, one);
            foreach (var (made, one) in builder._members)
                Members.TryAdd(made, one);
            return codec;
        }
    }

    private RecordCodec Member(Type type)
    {
        if (Members.TryGetValue(type, out var known) || _members.TryGetValue(type, out known))
            return known;
        if (type.IsValueType || (IsFinal(type) && ExactMember(type).TakesNull))
            return _members[type] = ExactMember(type);
        if (type.IsAbstract)
            Refuse(type);
        var declared = type.IsAbstract && type != typeof(Type) && Containers.CodecOf(type, Part) is null ? null : ExactMember(type);
        return _members[type] = Create(typeof(PolymorphicCodec<>), [type], declared, declared is null || Descendants.AreExpected(type),
            Sequences.SettlerOf(type));
    }

    private RecordCodec ExactMember(Type type)
    {
        var shape = Containers.ShapeOf(type);
        if (Exact.TryGetValue(shape, out var known) || _exact.TryGetValue(shape, out known))
            return known;
        RunInitializer(shape);
        if (Exact.TryGetValue(shape, out known))
            return known;
        Refuse(shape);
        var codec = Special(shape) ?? Containers.CodecOf(shape, Part);
        if (codec is null && shape.IsValueType && !Refusals.IsManaged(shape))
        {
            CheckFields(shape);
            codec = Create(typeof(UnmanagedCodec<>), [shape]);
        }
        if (codec is null && shape.IsArray)
            codec = ArrayOf(shape);
        return _exact[shape] = codec ?? ByFields(shape);
    }

    private static RecordCodec? Special(Type type) => type switch
    {
        _ when type == typeof(string) => new StringCodec(),
        _ when type == typeof(Type) => new TextCodec<Type>(TypeNames.ForWire, TypeNames.FromWire),
        _ when type == typeof(Uri) => new TextCodec<Uri>(u => u.OriginalString, t => new Uri(t, UriKind.RelativeOrAbsolute)),
        _ when type == typeof(CultureInfo) => new TextCodec<CultureInfo>(c => c.Name, CultureInfo.GetCultureInfo),
        _ when type == typeof(TimeZoneInfo) => new TextCodec<TimeZoneInfo>(z => z.ToSerializedString(), TimeZoneInfo.FromSerializedString),
        _ when type == typeof(Lock) => new TextCodec<Lock>(_ => "", _ => new Lock()),
        _ => null,
    };

    private RecordCodec ArrayOf(Type type)
    {
        var item = type.GetElementType()!;
        var codec = Part(item);
        if (!type.IsSZArray)
            return Create(typeof(GridCodec<,>), [type, item], codec);
        return codec.GetType() == typeof(UnmanagedCodec<>).MakeGenericType(item)
            ? Create(typeof(UnmanagedArrayCodec<>), [item]) : Create(typeof(ArrayCodec<>), [item], codec);
    }

    private RecordCodec ByFields(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
            return Create(typeof(ListCodec<>), type.GetGenericArguments(), Part(type.GetGenericArguments()[0]));
        var codec = Create(type.IsValueType ? typeof(StructCodec<>) : typeof(ObjectCodec<>), [type]);
        _exact[type] = codec;
        ((IFieldsCodec)codec).Fields = [.. FieldWalk.FieldsOf(type).Select(f => new FieldPlan(f, Part(TypeNames.ForPeople(f), f.FieldType)))];
        return codec;
    }

    /// <summary>A structure is copied whole, so its fields are looked at here alone.</summary>
    private void CheckFields(Type type)
    {
        if (type.IsPrimitive || type.IsEnum)
            return;
        foreach (var field in FieldWalk.FieldsOf(type).Where(f => f.FieldType != type))
        {
            _path.Add(TypeNames.ForPeople(field));
            Refuse(field.FieldType);
            CheckFields(field.FieldType);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private RecordCodec Part(Type type) => Part("[]", type);

    private RecordCodec Part(string name, Type type)
    {
        _path.Add(name);
        var codec = Member(type);
        _path.RemoveAt(_path.Count - 1);
        return codec;
    }

    private void Refuse(Type type)
    {
        if (Refusals.ReasonFor(type) is not { } reason || type == typeof(Type))
            return;
        var what = TypeNames.ForPeople(type);
        throw new CodecException(_path.Count == 0
            ? $"values of the type {what} cannot be written as records: each is a {what}, {reason}"
            : $"values of the type {TypeNames.ForPeople(_root)} cannot be written as records: {Path()} is of the type {what}, {reason}");
    }

    private string Path() => string.Join('.', _path).Replace(".[]", "[]", StringComparison.Ordinal);

    /// <summary>Where a user's codec may be registered.</summary>
    private static void RunInitializer(Type type) => RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);

    private static bool IsFinal(Type type) => type.IsArray
        ? type.GetElementType()!.IsValueType || IsFinal(type.GetElementType()!)
        : type.IsSealed;

    private static RecordCodec Create(Type definition, Type[] arguments, params object?[] with) =>
        (RecordCodec)Activator.CreateInstance(definition.MakeGenericType(arguments), with)!;
}
