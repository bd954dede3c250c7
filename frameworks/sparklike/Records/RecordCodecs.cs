namespace Agora.Spark.Records;

/// <summary>Codecs that users give for types of their choice.</summary>
public static class RecordCodecs
{
    /// <summary>
    /// From now on values of exactly this type are written by this codec. Has to be called in executors too, before
    /// the type is met: best in a method marked <see cref="System.Runtime.CompilerServices.ModuleInitializerAttribute"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The type has a codec already, which may be in use.</exception>
    public static void Register<T>(RecordCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        CodecBuilder.Register(typeof(T), codec);
    }
}
