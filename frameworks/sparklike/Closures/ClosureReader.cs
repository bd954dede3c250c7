using System.Reflection;

namespace Agora.Spark.Closures;

/// <summary>Makes the objects that <see cref="ClosureWriter"/> has shipped. Runs code of theirs: read from nobody but the own driver.</summary>
public static class ClosureReader
{
    /// <exception cref="ClosureException">The bytes are damaged, or name what is not here.</exception>
    public static object Read(ReadOnlyMemory<byte> bytes, IAssemblySource assemblies) => new GraphTemplate(bytes, assemblies).Make();

    internal static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or TypeLoadException or InvalidCastException or
            MissingMemberException or IndexOutOfRangeException or OverflowException or TargetInvocationException or NotSupportedException)
        {
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw new ClosureException($"a shipped function cannot be read here: {cause.Message}", "", cause);
        }
    }
}
