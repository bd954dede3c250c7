using System.Runtime.CompilerServices;

namespace Agora.Spark.Records.Codecs;

/// <summary>Objects within objects go as deep as the stack; past that is an error, not the end of the process.</summary>
internal static class NestingLimit
{
    /// <exception cref="CodecException">The stack is nearly used up.</exception>
    public static void Check<T>()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new CodecException($"objects of the type {TypeNames.ForPeople(typeof(T))} are nested too deeply to be written " +
                "as one record: keep them in a list and let them refer to each other by number");
    }
}
