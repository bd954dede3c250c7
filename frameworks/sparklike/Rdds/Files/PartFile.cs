namespace Agora.Spark;

internal static class PartFile
{
    public static string NameOf(int partition) => $"part-{partition:D5}";

    public static string NameOf(string directory, int partition) => $"{directory}/{NameOf(partition)}";
}
