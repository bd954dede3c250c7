using System.Reflection;

namespace Agora.Tests.Fast.Protocol;

/// <summary>
/// Makes valid domain values of any type by its constructor, so that a field or case added later is covered without
/// a line of test code.
/// </summary>
internal sealed class DomainSampler(int seed)
{
    private static readonly string[] Texts = ["", "a", "wordcount-7", "größer", "任務", "a b\nc", "🙂"];

    private readonly Random _random = new(seed);
    private readonly NullabilityInfoContext _nullability = new();

    public T Sample<T>() => (T)Sample(typeof(T), "");

    /// <param name="name">Of the field, where a name narrows what is valid.</param>
    public object Sample(Type type, string name)
    {
        if (type == typeof(string))
            return name == "Role" ? Id() : Texts[_random.Next(Texts.Length)];
        if (type == typeof(bool))
            return _random.Next(2) == 0;
        if (type == typeof(int))
            return _random.Next(65_536);
        if (type == typeof(long))
            return _random.NextInt64(1L << _random.Next(1, 62));
        if (type == typeof(double))
            return _random.NextDouble() * 10;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromMilliseconds(_random.NextInt64(1L << 40));
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(_random.NextInt64(DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
        if (type == typeof(ReadOnlyMemory<byte>))
            return new ReadOnlyMemory<byte>(Bytes());
        if (type == typeof(Resources))
            return SampleResources();
        if (type == typeof(Attributes))
            return _random.Next(2) == 0 ? Attributes.Empty : Attributes.Parse("rack:r1;zone:west");
        if (type == typeof(OfferId))
            return new OfferId(_random.NextInt64(100), _random.NextInt64(1L << 40));
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(_random.Next(Enum.GetValues(type).Length))!;
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return Enumerable.Range(0, _random.Next(3)).ToDictionary(i => $"key{i}", _ => Texts[_random.Next(Texts.Length)]);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return SampleList(type.GetGenericArguments()[0], name);
        return SampleRecord(type);
    }

    private object SampleRecord(Type type)
    {
        // Of a closed family, any case.
        if (type.IsAbstract && type.GetNestedTypes() is { Length: > 0 } cases)
            type = cases[_random.Next(cases.Length)];
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"no way to make a {type}");
        if (constructor.GetParameters() is [{ ParameterType: var only, Name: "Value" }] && only == typeof(string))
            return constructor.Invoke([Id()]);
        return constructor.Invoke([.. constructor.GetParameters().Select(SampleParameter)]);
    }

    private object? SampleParameter(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType);
        var mayBeNull = type is not null || !parameter.ParameterType.IsValueType &&
            _nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        return mayBeNull && _random.Next(2) == 0 ? null : Sample(type ?? parameter.ParameterType, parameter.Name!);
    }

    private Array SampleList(Type item, string name)
    {
        var list = Array.CreateInstance(item, _random.Next(3));
        for (var i = 0; i < list.Length; i++)
            list.SetValue(Sample(item, name), i);
        return list;
    }

    private string Id() => new('x', _random.Next(1, Limits.Default.IdLengthMax + 1));

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(20)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private Resources SampleResources()
    {
        var builder = new ResourcesBuilder
        {
            MilliCpus = _random.NextInt64(1L << 40),
            MemBytes = _random.NextInt64(Limits.Default.AmountMax + 1),
            DiskBytes = _random.NextInt64(Limits.Default.AmountMax + 1),
            MilliGpus = _random.Next(10_000),
        };
        if (_random.Next(2) == 0)
        {
            builder.AddScalar("licences", _random.Next(5_000));
            builder.AddRanges("ports", RangeSet.Of(new ValueRange(1, 3), new ValueRange(31_000, 32_000)));
            builder.AddSet("disks", StringSet.Of("d1", "d2"));
        }
        return builder.Build();
    }
}
