namespace Agora.Spark;

internal static class KeyHash
{
    public static int Of<K>(K key) => EqualityComparer<K>.Default.GetHashCode(key!);

    public static int OfBoxed(object key) => key.GetHashCode();
}
