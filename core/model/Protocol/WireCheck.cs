using System.Diagnostics.CodeAnalysis;

namespace Agora.Protocol;

/// <summary>
/// What <see cref="WireToDomain"/> asks of every field. Field names are those of the .proto files; all failures are
/// <see cref="WireFormatException"/>.
/// </summary>
internal static class WireCheck
{
    private static readonly int IdLengthMax = Limits.Default.IdLengthMax;
    private const long MillisecondsMax = long.MaxValue / TimeSpan.TicksPerMillisecond;

    public static string Id(string value, string field)
    {
        if (value.Length == 0)
            Fail(field, "is empty");
        if (value.Length > IdLengthMax)
            Fail(field, $"has {value.Length} characters, the limit is {IdLengthMax}");
        return value;
    }

    public static long NotNegative(long value, string field)
    {
        if (value < 0)
            Fail(field, $"is negative: {value}");
        return value;
    }

    public static int NotNegative(int value, string field) => (int)NotNegative((long)value, field);

    /// <summary>An amount of the resource <paramref name="name"/> in the message at <paramref name="field"/>.</summary>
    public static long Amount(long value, string field, string name, long max)
    {
        if (value < 0 || value > max)
            Fail($"{field}.{name}", value < 0 ? $"is negative: {value}" : $"is {value}, the limit is {max}");
        return value;
    }

    public static int Port(int value, string field)
    {
        if (value is < 0 or > 65535)
            Fail(field, $"is {value}, not a port");
        return value;
    }

    public static TimeSpan Duration(long milliseconds, string field)
    {
        if (milliseconds is < 0 or > MillisecondsMax)
            Fail(field, $"is {milliseconds}, not a duration");
        return new TimeSpan(milliseconds * TimeSpan.TicksPerMillisecond);
    }

    public static DateTimeOffset Instant(long unixTicks, string field)
    {
        if (unixTicks < -DateTimeOffset.UnixEpoch.Ticks ||
            unixTicks > DateTimeOffset.MaxValue.Ticks - DateTimeOffset.UnixEpoch.Ticks)
            Fail(field, $"is {unixTicks}, not an instant");
        return new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + unixTicks, TimeSpan.Zero);
    }

    public static double Finite(double value, string field)
    {
        if (!double.IsFinite(value))
            Fail(field, $"is {value}, not a finite number");
        return value;
    }

    /// <summary>The name of a resource or attribute.</summary>
    public static string Name(string value, string field)
    {
        if (!ResourceFormat.IsName(value))
            Fail(field, value.Length > 128 ? "is longer than 128 characters" : $"is not a name: '{value}'");
        return value;
    }

    /// <summary>A message inside another that must be there.</summary>
    public static T Present<T>([NotNull] T? value, string field) where T : class
    {
        if (value is null)
            Fail(field, "is missing");
        return value;
    }

    [DoesNotReturn]
    public static void Fail(string field, string what) => throw new WireFormatException($"{field} {what}");

    /// <summary>A oneof without a known case.</summary>
    public static WireFormatException NoCase(string message) => new($"{message} has no kind that is known here");

    public static WireFormatException UnknownNumber(string type, int number) => new($"{type} {number} is not known");
}
