namespace Agora.Spark.Records;

/// <summary>What stands before an object whose type is not fixed.</summary>
internal static class PolymorphicTag
{
    /// <summary>Types that have been named are counted from <see cref="FirstType"/>.</summary>
    public const int Null = 0, Declared = 1, FirstType = 2;
}
